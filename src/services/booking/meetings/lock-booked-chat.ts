// The chat that a meeting is booked in, or after.
import { type Conversation, Prisma } from '../../../database/generated/client/client.ts'
import { lockConversations, lockVisitors } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { requirePart } from '../../chat/conversation/require-part.ts'
import { visibleConversations } from '../../chat/conversation/visible-conversations.ts'
import type { SignedInViewer } from '../../identity/viewer.ts'
import { IS_OPEN } from '../../people/open-chats.ts'
import type { BookingViewer } from '../reservations/require-booker.ts'

export type BookedChat = Pick<Conversation, 'id' | 'visitorId' | 'agentId'>

/** Finds the chat, and locks its visitor and the one who books: neither moves to another person meanwhile.
 * @throws NotFoundError for a chat that the viewer may not know of
 * @throws ForbiddenError for a colleague who looks on: only its visitor and its agent book in it */
export async function findBookedChat(
  tx: Transaction,
  { id, viewer }: { id: string; viewer: BookingViewer },
): Promise<BookedChat> {
  const chat = await tx.conversation.findFirst({
    where: { AND: [{ id }, visibleConversations(viewer)] },
    select: { id: true, visitorId: true, agentId: true },
  })
  if (chat === null) throw new NotFoundError('conversationId')
  requirePart(viewer, chat)
  const visitorIds = viewer.kind === 'VISITOR' ? [chat.visitorId, viewer.visitorId] : [chat.visitorId]
  await lockVisitors(tx, Prisma.sql`"id" = ANY (${visitorIds}::uuid[])`)
  return chat
}

export interface LockedChats {
  /** The chat that the meeting is booked in; null: none. */
  conversation: Conversation | null
  /** Others of the visitor who books, that are not over. */
  others: Conversation[]
}

/** Locks the chats that a booking is published to.
 * @throws ForbiddenError when another agent has the chat by now */
export async function lockChatsOfBooking(
  tx: Transaction,
  { viewer, chat }: { viewer: BookingViewer; chat: BookedChat | null },
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

/** Locks the chat that a meeting was booked in, if it is not over: those who talk are told when the meeting changes.
 * Before the calendar of the meeting, whether the viewer may change the meeting or not.
 * @returns null when there is none */
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
