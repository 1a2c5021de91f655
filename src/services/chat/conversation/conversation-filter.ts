// The filter and the order of the list of conversations.
import { z } from 'zod'
import type { ConversationState, Prisma } from '../../../database/generated/client/client.ts'
import type { Database } from '../../../database/open.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireStaff, type Viewer } from '../../identity/viewer.ts'
import { instant, parseInput, text } from '../../input.ts'
import { MAX_SEARCH_LENGTH } from '../../search.ts'
import { matchingConversations } from './find-matching.ts'
import { requireChatViewer } from './require-part.ts'
import { readVisible } from './visible-conversations.ts'

const conversationFilter = z.object({
  state: z.array(z.custom<ConversationState>()).nullish(),
  agentIds: z.array(z.string()).nullish(),
  mine: z.boolean().nullish(),
  unread: z.boolean().nullish(),
  from: instant.nullish(),
  to: instant.nullish(),
  search: text(MAX_SEARCH_LENGTH).nullish(),
})

export type ConversationOrder = 'LAST_MESSAGE_DESC' | 'REQUESTED_AT_DESC'

/** The instant by which a list is ordered, and to which `from` and `to` apply: so a range is a range of the index. */
const INSTANTS = { LAST_MESSAGE_DESC: 'lastMessageAt', REQUESTED_AT_DESC: 'requestedAt' } as const

/** @returns a condition for the conversations that match the filter and that the viewer may see
 * @throws ForbiddenError, InvalidInputError */
export async function filterConversations(
  { viewer, database }: RequestContext,
  { filter: raw, order }: { filter: z.input<typeof conversationFilter>; order: ConversationOrder },
): Promise<Prisma.ConversationWhereInput> {
  const chatViewer = requireChatViewer(viewer)
  const filter = parseInput(conversationFilter, raw, ['filter'])
  const { state, agentIds, mine, unread, from, to, search } = filter
  const { workspaceId } = chatViewer
  const conditions: Prisma.ConversationWhereInput[] = [
    // Whoever has a conversation may see it.
    mine ? { workspaceId, agentId: requireStaff(viewer).agentId } : await readVisible(database, chatViewer),
  ]
  // What no agent has to do with is only for those who ask for it.
  if (state) conditions.push(inStates(state))
  else if (viewer.kind === 'AGENT') conditions.push({ state: { not: 'AUTOMATED' } })
  if (agentIds) conditions.push({ agentId: { in: agentIds } })
  if (isGiven(unread)) conditions.push(hasUnread(database, { viewer, unread }))
  if (from) conditions.push({ [INSTANTS[order]]: { gte: from } })
  if (to) conditions.push({ [INSTANTS[order]]: { lt: to } })
  if (search) conditions.push(await matchingConversations(database, { viewer: chatViewer, text: search }))
  return { AND: conditions }
}

const isGiven = (value: boolean | null | undefined): value is boolean => typeof value === 'boolean'

/** The end says the same again if all of the states are open ones: there is an index of the few that are not over. */
function inStates(states: ConversationState[]): Prisma.ConversationWhereInput {
  const areOpen = states.every((state) => OPEN_STATES.has(state))
  return { state: { in: states }, ...(areOpen ? { endedAt: null } : {}) }
}

const OPEN_STATES = new Set<ConversationState>(['AUTOMATED', 'REQUESTED', 'OFFERED', 'ACTIVE'])

function hasUnread(
  { conversation: { fields } }: Database,
  { viewer, unread }: { viewer: Viewer; unread: boolean },
): Prisma.ConversationWhereInput {
  const mark = viewer.kind === 'VISITOR' ? fields.readByVisitor : fields.readByAgent
  // Nobody has read more than there is.
  return { messageCount: unread ? { gt: mark } : { equals: mark } }
}

/** The id decides between conversations of the same instant. */
export function orderConversations(
  order: ConversationOrder,
): ({ lastMessageAt: Prisma.SortOrder } | { requestedAt: Prisma.SortOrder } | { id: Prisma.SortOrder })[] {
  const latest =
    order === 'LAST_MESSAGE_DESC' ? { lastMessageAt: 'desc' as const } : { requestedAt: 'desc' as const }
  return [latest, { id: 'desc' }]
}
