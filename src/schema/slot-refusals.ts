// Why a slot cannot be held or booked.
export const SLOT_REFUSALS = {
  TAKEN: {
    description: 'The slot is nearer to another meeting, hold or event of the calendar than the buffer.',
  },
  OFF_GRID: { description: 'The hours are open, but no slot begins then, or none of the requested length.' },
  OUTSIDE_HOURS: { description: 'The hours for meetings are not open for all of the slot.' },
  TOO_SOON: { description: 'The slot begins within `minimumNoticeMinutes`.' },
  TOO_FAR: { description: 'The slot is further ahead than `bookingWindowDays`.' },
  IN_PAST: { description: 'The slot has begun.' },
  CALENDAR_UNREACHABLE: {
    description:
      "The agent's calendar could not be asked whether the slot is free. A retry of the same call may succeed.",
  },
  HOLD_EXPIRED: { description: 'The hold has expired. The slot may be free: hold or book it again.' },
}
