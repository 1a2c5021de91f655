// What a meeting card has booked.
import type { Prisma } from '../../../database/generated/client/client.ts'
import type { Database } from '../../../database/open.ts'
import { formatMeetingTime } from '../../invitations/meeting-time.ts'

export interface CardBooking {
  /** Of the meeting, or of the request. */
  id: string
  /** Whether the visitor has yet to confirm it by mail. */
  isUnconfirmed: boolean
  startsAt: Date
  endsAt: Date
  /** The visitor's. */
  timeZone: string
  agent: { name: string; email: string }
}

/** @returns what the visitor says with it */
export function describeBooking(booking: CardBooking): string {
  const meeting = `${formatMeetingTime(booking)} with ${booking.agent.name}`
  return booking.isUnconfirmed ? `${meeting}, to be confirmed by mail` : meeting
}

const BOOKING = {
  id: true,
  startsAt: true,
  endsAt: true,
  timeZone: true,
  agent: { select: { name: true, email: true } },
} satisfies Prisma.MeetingSelect & Prisma.MeetingRequestSelect

/** @param id of a meeting or a request
 * @returns null when it does not exist any more */
export async function readCardBooking(database: Database, id: string): Promise<CardBooking | null> {
  const meeting = await database.meeting.findUnique({ where: { id }, select: BOOKING })
  if (meeting !== null) return { ...meeting, isUnconfirmed: false }
  const request = await database.meetingRequest.findUnique({
    where: { id },
    select: { ...BOOKING, meetingId: true },
  })
  if (request === null) return null
  const { meetingId, ...booking } = request
  return { ...booking, isUnconfirmed: meetingId === null }
}
