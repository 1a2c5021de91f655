// The chat that a meeting is booked in, or after.
import type { Conversation } from '../../../database/generated/client/client.ts'
import { lockVisitor } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { lockConversation } from '../../chat/conversation/lock-conversation.ts'
import { requirePart } from '../../chat/conversation/require-part.ts'
import { visibleConversations } from '../../chat/conversation/visible-conversations.ts'
import type { SignedInViewer } from '../../identity/viewer.ts'
import type { BookingViewer } from '../reservations/require-booker.ts'

/** Locks the chat before anything else of the booking, as whoever changes it does; and before it its visitor, as
 * whoever says who the visitor is does.
 * @throws NotFoundError for a chat that the viewer may not know of
 * @throws ForbiddenError for a colleague who looks on: only its visitor and its agent book in it */
export async function lockBookedChat(
  tx: Transaction,
  { id, viewer }: { id: string; viewer: BookingViewer },
): Promise<Conversation> {
  const visible = await tx.conversation.findFirst({
    where: { AND: [{ id }, visibleConversations(viewer)] },
    select: { visitorId: true },
  })
  if (visible === null) throw new NotFoundError('conversationId')
  await lockVisitor(tx, visible.visitorId)
  const conversation = await lockConversation(tx, id)
  requirePart(viewer, conversation)
  return conversation
}

/** Locks the chat that a meeting was booked in, if it is not over: those who talk are told when the meeting changes.
 * Like `lockBookedChat` before anything else, whether the viewer may change the meeting or not.
 * @returns null when there is none */
export async function lockOpenChatOf(
  tx: Transaction,
  { meetingId, viewer }: { meetingId: string; viewer: Pick<SignedInViewer, 'workspaceId'> },
): Promise<Pick<Conversation, 'id' | 'agentId'> | null> {
  const [chat] = await tx.$queryRaw<Pick<Conversation, 'id' | 'agentId'>[]>`
    SELECT "id", "agentId" FROM "Conversation"
    WHERE "id" = (
        SELECT "conversationId" FROM "Meeting"
        WHERE "id" = ${meetingId}::uuid AND "workspaceId" = ${viewer.workspaceId}::uuid
      )
      AND "endedAt" IS NULL
    FOR NO KEY UPDATE`
  return chat ?? null
}
