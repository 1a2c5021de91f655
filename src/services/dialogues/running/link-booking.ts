import type { Database } from '../../../database/open.ts'

/** A booking that came before the conversation belongs to it too. It is no part of the transaction, in which the lock of a
 * meeting would come out of order. */
export async function linkBooking(
  database: Database,
  { id, conversationId }: { id: string; conversationId: string },
): Promise<void> {
  const booked = { where: { id, conversationId: null }, data: { conversationId } }
  await database.meeting.updateMany(booked)
  await database.meetingRequest.updateMany(booked)
}
