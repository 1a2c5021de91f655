// The checks of who may act in a conversation.
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../../../errors.ts'
import {
  type AgentViewer,
  requirePermission,
  requireSignedIn,
  type SignedInViewer,
  type Viewer,
  type VisitorViewer,
} from '../../identity/viewer.ts'
import { lockConversation } from './lock-conversation.ts'
import { visibleConversations } from './visible-conversations.ts'

export type ChatViewer = AgentViewer | VisitorViewer

/** @throws ForbiddenError unless the viewer is a visitor, or an agent with VIEW_MY_CONVERSATIONS */
export function requireChatViewer(viewer: Viewer): ChatViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind === 'MEETING_LINK')
    throw new ForbiddenError('The link of a meeting gives access to that meeting only.')
  return signedIn.kind === 'VISITOR' ? signedIn : requirePermission(signedIn, 'VIEW_MY_CONVERSATIONS')
}

/** Locks a conversation that the viewer may see.
 * @throws NotFoundError */
export async function lockVisible(
  tx: Transaction,
  { id, viewer }: { id: string; viewer: Viewer },
): Promise<Conversation> {
  const visible = await tx.conversation.findFirst({
    where: { AND: [{ id }, visibleConversations(viewer)] },
    select: { id: true },
  })
  if (visible === null) throw new NotFoundError('input.conversationId')
  return lockConversation(tx, id)
}

/** @throws ForbiddenError for an agent who may see the chat but does not have it */
export function requirePart(viewer: SignedInViewer, conversation: Pick<Conversation, 'agentId'>): void {
  if (viewer.kind === 'VISITOR') return
  if (viewer.kind === 'AGENT' && conversation.agentId === viewer.agentId) return
  throw new ForbiddenError('Only the agent of the conversation can do this.')
}

/** @throws ForbiddenError for an agent who does not have the chat, without MANAGE_ALL_CONVERSATIONS */
export function requirePartOrManaged(viewer: ChatViewer, conversation: Pick<Conversation, 'agentId'>): void {
  if (viewer.kind === 'VISITOR' || conversation.agentId === viewer.agentId) return
  requirePermission(viewer, 'MANAGE_ALL_CONVERSATIONS')
}

/** @throws ConflictError while a dialogue leads the chat */
export function requireNoDialogue({ state }: Pick<Conversation, 'state'>): void {
  if (state !== 'AUTOMATED') return
  throw new ConflictError('CHAT_AUTOMATED', 'A dialogue leads the conversation.')
}

/** @throws ConflictError when no agent has accepted the chat, or it is over */
export function requireActive({ state, endedAt }: Conversation): void {
  if (state === 'ACTIVE') return
  throw endedAt === null
    ? new ConflictError('CHAT_NOT_ACCEPTED', 'No agent has accepted the conversation yet.')
    : new ConflictError('CHAT_OVER', 'The conversation is over.')
}
