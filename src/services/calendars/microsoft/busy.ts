// Which entries of an Outlook calendar keep the agent from taking a meeting, and when they are. Pure decisions on what
// Graph says of an entry.
import { DateTime } from 'luxon'
import { addDays, endOfLocalDate } from '../../availability/rules.ts'
import type { Interval } from '../../time.ts'
import { ianaZoneOf } from './zone-names.ts'

/** A time as Graph writes it: local, without an offset, with seven decimals. */
interface GraphTime {
  dateTime: string
  timeZone: string
}

export interface GraphTimes {
  isAllDay: boolean
  start: GraphTime
  end: GraphTime
}

/** What decides whether an entry counts. */
export interface GraphState {
  showAs?: string | null
  isCancelled: boolean
  /** What the agent answered to the invitation. */
  responseStatus?: { response?: string | null } | null
}

/** By `showAs`. Every other value, one that is not known here included, counts as busy. */
const FREE = ['free', 'workingElsewhere']

/** Whether it keeps the agent from taking a meeting. */
export function isBusy(entry: GraphState): boolean {
  return !entry.isCancelled && !isDeclined(entry) && !FREE.includes(entry.showAs ?? '')
}

/** Whether the agent said no to it. */
export function isDeclined({ responseStatus }: GraphState): boolean {
  return responseStatus?.response === 'declined'
}

/** When an entry is. Whole days come as midnight to midnight in whatever zone was asked for: they are the days of the
 * mailbox.
 * @param mailboxZone IANA; also for times in a zone that nobody knows
 * @returns NaN for times that cannot be read */
export function intervalOf({ isAllDay, start, end }: GraphTimes, mailboxZone: string): Interval {
  const read = isAllDay ? firstInstantOfDate : instantOf
  return { start: read(start, mailboxZone), end: read(end, mailboxZone) }
}

function instantOf({ dateTime, timeZone }: GraphTime, mailboxZone: string): number {
  return DateTime.fromISO(dateTime, { zone: ianaZoneOf(timeZone) ?? mailboxZone }).toMillis()
}

/** Not by turning midnight into an instant: there are days that have none, or two. */
function firstInstantOfDate({ dateTime }: GraphTime, mailboxZone: string): number {
  const date = dateTime.slice(0, 10)
  if (!DateTime.fromISO(date).isValid) return Number.NaN
  return endOfLocalDate(mailboxZone, addDays(date, -1))
}
