// Replaces an agent's hours for meetings.
import type { z } from 'zod'
import { type MeetingAvailability, Prisma } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockingReservations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { hoursInput } from '../../availability/hours-input.ts'
import { requestReading } from '../../calendars/worker/handle-webhook.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireOwnOrManaged } from '../../identity/viewer.ts'
import { integer, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'

const MINUTES_PER_DAY = 24 * 60

/** The smallest and the largest value of each number. */
export const MEETING_BOUNDS = {
  durationMinutes: [1, MINUTES_PER_DAY],
  bufferMinutes: [0, MINUTES_PER_DAY],
  minimumNoticeMinutes: [0, 365 * MINUTES_PER_DAY],
  bookingWindowDays: [0, 730],
  slotStepMinutes: [1, MINUTES_PER_DAY],
} as const

const meetingAvailabilityInput = hoursInput.extend({
  durationMinutes: integer(...MEETING_BOUNDS.durationMinutes).nullish(),
  bufferMinutes: integer(...MEETING_BOUNDS.bufferMinutes).nullish(),
  minimumNoticeMinutes: integer(...MEETING_BOUNDS.minimumNoticeMinutes).nullish(),
  bookingWindowDays: integer(...MEETING_BOUNDS.bookingWindowDays).nullish(),
  slotStepMinutes: integer(...MEETING_BOUNDS.slotStepMinutes).nullish(),
})

/** Keeps the value of numbers that are not given. Booked meetings stay, even outside of the new hours.
 * @param raw.agentId default: the viewer
 * @param raw.slotStepMinutes null: the duration
 * @returns the hours afterwards
 * @throws ForbiddenError without MANAGE_MEETING_AVAILABILITY, for a colleague without MANAGE_AGENTS
 * @throws InvalidInputError
 * @throws NotFoundError for an agent the workspace does not have */
export async function setMeetingAvailability(
  context: RequestContext,
  raw: z.input<typeof meetingAvailabilityInput>,
): Promise<MeetingAvailability> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: raw.agentId ?? null,
    permission: 'MANAGE_MEETING_AVAILABILITY',
  })
  const input = parseInput(meetingAvailabilityInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    // The row of the hours is the lock of the calendar.
    noteLocks(tx, 'calendar', [agentId])
    const [availability] = await tx.meetingAvailability.updateManyAndReturn({
      where: { agentId, workspaceId, agent: { removedAt: null } },
      data: {
        timeZone: input.timeZone,
        weekly: input.weekly,
        overrides: input.overrides ?? undefined,
        durationMinutes: input.durationMinutes ?? undefined,
        bufferMinutes: input.bufferMinutes ?? undefined,
        minimumNoticeMinutes: input.minimumNoticeMinutes ?? undefined,
        bookingWindowDays: input.bookingWindowDays ?? undefined,
        slotStepMinutes: input.slotStepMinutes,
      },
    })
    if (availability === undefined) throw new NotFoundError('input.agentId')
    // Days that can be booked from now on may not have been read yet.
    if (input.bookingWindowDays != null)
      await requestReading(tx, { calendars: { agentId: availability.agentId }, at: now })
    await shortenBuffers(tx, { availability, now })
    const events = [newEvent.meetingAvailabilityChanged(availability)]
    await appendEvents(tx, { workspaceId, at: now, events })
    return availability
  })
}

/** Shortens buffers that are longer than the present one. Slots are offered by the present buffer, so the exclusion
 * constraint must not refuse them. Shorter buffers stay as they were written. */
async function shortenBuffers(
  tx: Transaction,
  { availability, now }: { availability: MeetingAvailability; now: Date },
): Promise<void> {
  const { agentId, bufferMinutes } = availability
  const longer = lockingReservations(
    tx,
    Prisma.sql`"agentId" = ${agentId}::uuid AND "blockedUntil" > ${now}::timestamptz
      AND "blockedUntil" > "endsAt" + make_interval(mins => ${bufferMinutes}::int)`,
  )
  await tx.$executeRaw`
    UPDATE "Reservation" SET "blockedUntil" = "endsAt" + make_interval(mins => ${bufferMinutes}::int)
    WHERE "id" IN (${longer})`
}
