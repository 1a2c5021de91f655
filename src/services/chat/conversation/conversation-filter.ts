// The filter and the order of the list of conversations.
import { z } from 'zod'
import type { ConversationState, Prisma } from '../../../database/generated/client/client.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireStaff } from '../../identity/viewer.ts'
import { instant, parseInput, text } from '../../input.ts'
import { containing, MAX_SEARCH_LENGTH } from '../../search.ts'
import { requireChatViewer } from './require-part.ts'
import { visibleConversations } from './visible-conversations.ts'

const conversationFilter = z.object({
  state: z.array(z.custom<ConversationState>()).nullish(),
  agentIds: z.array(z.string()).nullish(),
  mine: z.boolean().nullish(),
  from: instant.nullish(),
  to: instant.nullish(),
  search: text(MAX_SEARCH_LENGTH).nullish(),
})

/** @returns a condition for the conversations that match the filter and that the viewer may see
 * @throws ForbiddenError, InvalidInputError */
export function filterConversations(
  { viewer }: RequestContext,
  raw: z.input<typeof conversationFilter>,
): Prisma.ConversationWhereInput {
  requireChatViewer(viewer)
  const { state, agentIds, mine, from, to, search } = parseInput(conversationFilter, raw, ['filter'])
  const conditions: Prisma.ConversationWhereInput[] = [visibleConversations(viewer)]
  if (state) conditions.push({ state: { in: state } })
  if (agentIds) conditions.push({ agentId: { in: agentIds } })
  if (mine) conditions.push({ agentId: requireStaff(viewer).agentId })
  if (from) conditions.push({ requestedAt: { gte: from } })
  if (to) conditions.push({ requestedAt: { lt: to } })
  if (search) conditions.push(matching(search))
  return { AND: conditions }
}

function matching(search: string): Prisma.ConversationWhereInput {
  const contains = containing(search)
  return {
    OR: [
      { person: { OR: [{ firstName: contains }, { lastName: contains }, { email: contains }] } },
      { agent: { name: contains } },
      { messages: { some: { text: contains } } },
    ],
  }
}

/** Latest first; the id decides between conversations of the same instant. */
export const CONVERSATION_ORDER: Prisma.ConversationOrderByWithRelationInput[] = [
  { requestedAt: 'desc' },
  { id: 'desc' },
]
