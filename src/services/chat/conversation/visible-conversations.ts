import type { ChatOffer, Conversation, Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { type AgentViewer, NOTHING, type Viewer, type VisitorViewer } from '../../identity/viewer.ts'
import { ofVerifiedPerson } from '../../people/visible-people.ts'

/** The conversations that a viewer may see. An agent with VIEW_ALL_CONVERSATIONS sees all; an agent with
 * VIEW_MY_CONVERSATIONS sees its own, and those that have a pending offer to it. A visitor sees those of its own browser
 * and, while it is verified, all of its person. */
export function visibleConversations(viewer: Viewer): Prisma.ConversationWhereInput {
  if (viewer.kind === 'ANONYMOUS' || viewer.kind === 'MEETING_LINK') return NOTHING
  const { workspaceId } = viewer
  if (viewer.kind === 'VISITOR') {
    const { visitorId } = viewer
    return { workspaceId, OR: [{ visitorId }, ofVerifiedPerson(visitorId)] }
  }
  if (viewer.permissions.has('VIEW_ALL_CONVERSATIONS')) return { workspaceId }
  if (!viewer.permissions.has('VIEW_MY_CONVERSATIONS')) return NOTHING
  const { agentId } = viewer
  return { workspaceId, OR: [{ agentId }, { offers: { some: { agentId, state: 'PENDING' } } }] }
}

/** Like `visibleConversations`, for a list: what the condition depends on is read before, so that the database finds the
 * conversations in their order, however many the workspace has. */
export async function readVisible(
  database: Database,
  viewer: AgentViewer | VisitorViewer,
): Promise<Prisma.ConversationWhereInput> {
  const { workspaceId } = viewer
  if (viewer.kind === 'VISITOR') {
    const { visitorId } = viewer
    const verified = await database.visitor.findFirst({ where: { id: visitorId, verified: true } })
    return { workspaceId, OR: verified ? [{ visitorId }, { personId: verified.personId }] : [{ visitorId }] }
  }
  if (viewer.permissions.has('VIEW_ALL_CONVERSATIONS')) return { workspaceId }
  const { agentId } = viewer
  const offers = await database.chatOffer.findMany({
    where: { agentId, state: 'PENDING' },
    select: { conversationId: true },
  })
  if (offers.length === 0) return { workspaceId, agentId }
  const ids = offers.map(({ conversationId }) => conversationId)
  return { workspaceId, OR: [{ agentId }, { id: { in: ids } }] }
}

/** @returns the conversation; null if the viewer may not see it */
export const findVisible = (
  tx: Transaction,
  { id, viewer }: { id: string; viewer: Viewer },
): Promise<Conversation | null> =>
  tx.conversation.findFirst({ where: { AND: [{ id }, visibleConversations(viewer)] } })

/** Whether a viewer who may see an offer may see its conversation: `visibleConversations`, for rows that are read. */
export function showsConversation(
  {
    agentId,
    state,
    conversation,
  }: Pick<ChatOffer, 'agentId' | 'state'> & { conversation: Pick<Conversation, 'agentId'> },
  viewer: Viewer,
): boolean {
  if (viewer.kind !== 'AGENT') return false
  if (viewer.permissions.has('VIEW_ALL_CONVERSATIONS')) return true
  const isOwn = conversation.agentId === viewer.agentId
  const isOffered = agentId === viewer.agentId && state === 'PENDING'
  return viewer.permissions.has('VIEW_MY_CONVERSATIONS') && (isOwn || isOffered)
}

/** The offers that a viewer may see: an agent sees its own, and those of the conversations that it may see. */
export function visibleOffers(viewer: Viewer): Prisma.ChatOfferWhereInput {
  if (viewer.kind !== 'AGENT') return NOTHING
  const { workspaceId, agentId } = viewer
  return { workspaceId, OR: [{ agentId }, { conversation: visibleConversations(viewer) }] }
}
