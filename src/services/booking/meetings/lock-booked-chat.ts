// Finds and locks the chat in or after which a meeting is booked.
import { type Conversation, Prisma } from '../../../database/generated/client/client.ts'
import { lockConversations, lockVisitors } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { requirePart } from '../../chat/conversation/require-part.ts'
import { visibleConversations } from '../../chat/conversation/visible-conversations.ts'
import type { SignedInViewer } from '../../identity/viewer.ts'
import { IS_OPEN } from '../../people/open-chats.ts'

export type BookedChat = Pick<Conversation, 'id' | 'visitorId' | 'agentId'>

/** Finds the chat. Locks its visitor and a visitor who books, so that neither is bound to another person meanwhile.
 * @throws NotFoundError for a chat that the viewer may not see
 * @throws ForbiddenError unless the viewer is the visitor or the agent of the chat */
export async function findBookedChat(
  tx: Transaction,
  { id, viewer }: { id: string; viewer: SignedInViewer },
): Promise<BookedChat> {
  const chat = await tx.conversation.findFirst({
    where: { AND: [{ id }, visibleConversations(viewer)] },
    select: { id: true, visitorId: true, agentId: true },
  })
  if (chat === null) throw new NotFoundError('input.conversationId')
  requirePart(viewer, chat)
  const visitorIds = viewer.kind === 'VISITOR' ? [chat.visitorId, viewer.visitorId] : [chat.visitorId]
  await lockVisitors(tx, Prisma.sql`"id" = ANY (${visitorIds}::uuid[])`)
  return chat
}

export interface LockedChats {
  /** The chat in or after which the meeting is booked; null without one. */
  conversation: Conversation | null
  /** Other open chats of the visitor who books. */
  others: Conversation[]
}

/** Locks the chats to which a booking is published.
 * @throws ForbiddenError when the chat was transferred to another agent meanwhile */
export async function lockChatsOfBooking(
  tx: Transaction,
  { viewer, chat }: { viewer: SignedInViewer; chat: BookedChat | null },
): Promise<LockedChats> {
  if (viewer.kind !== 'VISITOR' && chat === null) return { conversation: null, others: [] }
  const visitorId = viewer.kind === 'VISITOR' ? viewer.visitorId : null
  const chats = await lockConversations(
    tx,
    Prisma.sql`"id" = ${chat?.id ?? null}::uuid OR "visitorId" = ${visitorId}::uuid AND ${IS_OPEN}`,
  )
  const conversation = chats.find(({ id }) => id === chat?.id) ?? null
  if (conversation !== null) requirePart(viewer, conversation)
  return { conversation, others: chats.filter((each) => each !== conversation) }
}

/** Locks the open chat in which a meeting was booked, to publish a change of the meeting to it. Called before the
 * calendar is locked, and so before it is known whether the viewer may change the meeting.
 * @returns null without an open chat */
export async function lockOpenChatOf(
  tx: Transaction,
  { meetingId, viewer }: { meetingId: string; viewer: Pick<SignedInViewer, 'workspaceId'> },
): Promise<Pick<Conversation, 'id' | 'agentId'> | null> {
  const [chat] = await lockConversations(
    tx,
    Prisma.sql`"id" = (
        SELECT "conversationId" FROM "Meeting"
        WHERE "id" = ${meetingId}::uuid AND "workspaceId" = ${viewer.workspaceId}::uuid
      ) AND "endedAt" IS NULL`,
  )
  return chat ?? null
}
