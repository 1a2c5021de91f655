// Decides which events of an Outlook calendar are busy time, and when they are. Pure.
import { DateTime } from 'luxon'
import { addDays, endOfLocalDate } from '../../availability/rules.ts'
import type { Interval } from '../../time.ts'
import { ianaZoneOf } from './zone-names.ts'

/** A time of Graph: local, without an offset, with seven decimals. */
interface GraphTime {
  dateTime: string
  timeZone: string
}

export interface GraphTimes {
  isAllDay: boolean
  start: GraphTime
  end: GraphTime
}

/** What decides whether an event counts as busy. */
export interface GraphState {
  showAs?: string | null
  isCancelled: boolean
  /** The agent's answer to the invitation. */
  responseStatus?: { response?: string | null } | null
}

/** Values of `showAs`. Every other value, also an unknown one, counts as busy. */
const FREE = ['free', 'workingElsewhere']

/** Whether the event counts as busy time. */
export function isBusy(entry: GraphState): boolean {
  return !entry.isCancelled && !isDeclined(entry) && !FREE.includes(entry.showAs ?? '')
}

/** Whether the agent declined it. */
export function isDeclined({ responseStatus }: GraphState): boolean {
  return responseStatus?.response === 'declined'
}

/** The time of an event. Graph returns all-day events from midnight to midnight in the requested zone, whatever it is;
 * they are days in the mailbox's zone.
 * @param mailboxZone IANA; also for times in an unknown zone
 * @returns NaN for times that cannot be read */
export function intervalOf({ isAllDay, start, end }: GraphTimes, mailboxZone: string): Interval {
  const read = isAllDay ? firstInstantOfDate : instantOf
  return { start: read(start, mailboxZone), end: read(end, mailboxZone) }
}

function instantOf({ dateTime, timeZone }: GraphTime, mailboxZone: string): number {
  return DateTime.fromISO(dateTime, { zone: ianaZoneOf(timeZone) ?? mailboxZone }).toMillis()
}

/** Midnight cannot be converted, because some days have none, or two. */
function firstInstantOfDate({ dateTime }: GraphTime, mailboxZone: string): number {
  const date = dateTime.slice(0, 10)
  if (!DateTime.fromISO(date).isValid) return Number.NaN
  return endOfLocalDate(mailboxZone, addDays(date, -1))
}
