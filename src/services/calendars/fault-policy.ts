// Decides what a calendar fault leads to: who is notified, what is retried, and when. Every caller of a provider
// decides here, except where a fault is an expected answer, for example an event that is GONE.
import type { CalendarConnection, CalendarProvider } from '../../database/generated/client/client.ts'
import type { Services } from '../context.ts'
import { MINUTE } from '../time.ts'
import { markNeedsReauthentication } from './connection/mark-needs-reauthentication.ts'
import { reportMisconfiguration } from './connection/report-misconfiguration.ts'
import { CalendarFault, type FaultKind } from './provider/calendar-fault.ts'
import { isGivenUp, retryDelay } from './rules.ts'

/** The operator must correct the registration first. */
const MISCONFIGURED_BACK_OFF_MS = 15 * MINUTE

/** AGENT: the agent must connect the calendar again. OPERATOR: the installation's registration must be corrected.
 * NEITHER: the fault passes, or concerns one event only. */
const WHO_MUST_ACT: Readonly<Record<FaultKind, 'AGENT' | 'OPERATOR' | 'NEITHER'>> = {
  REAUTHENTICATE: 'AGENT',
  CALENDAR_GONE: 'AGENT',
  NO_MAILBOX: 'AGENT',
  MISCONFIGURED: 'OPERATOR',
  RETRY: 'NEITHER',
  INVITATIONS_LIMITED: 'NEITHER',
  GONE: 'NEITHER',
  REFUSED: 'NEITHER',
}

/** An error of ours is retried like a fault of the provider, because its cause may pass. */
export function toCalendarFault(error: unknown): CalendarFault {
  return error instanceof CalendarFault ? error : new CalendarFault('RETRY', 'An unexpected error occurred.')
}

/** Whether every other request to this calendar will fail as well. */
export function concernsCalendar({ kind }: CalendarFault): boolean {
  return WHO_MUST_ACT[kind] !== 'NEITHER'
}

/** @param failures in a row, with this one
 * @returns the back-off of the calendar, in ms; null: until the agent connects it again */
export function calendarBackOff(fault: CalendarFault, failures: number): number | null {
  const actor = WHO_MUST_ACT[fault.kind]
  if (actor === 'AGENT') return null
  return actor === 'OPERATOR' ? MISCONFIGURED_BACK_OFF_MS : retryDelay(failures, fault.retryAfterMs)
}

/** @param attempts.failures in a row, with this one
 * @returns the back-off of the entry, in ms; null: it is given up */
export function entryBackOff(
  fault: CalendarFault,
  { failures, firstFailedAt, now }: { failures: number; firstFailedAt: Date; now: Date },
): number | null {
  if (fault.kind === 'REFUSED' || isGivenUp(firstFailedAt, now)) return null
  return retryDelay(failures, fault.retryAfterMs)
}

/** Handles a fault of reading or writing a calendar: notifies the agent or the operator, and logs every other fault.
 * @param failed.isRepeat whether the fault was logged before */
export async function handleCalendarFault(
  services: Services,
  failed: { connection: CalendarConnection; fault: CalendarFault; isRepeat?: boolean },
): Promise<void> {
  const { connection, fault, isRepeat = false } = failed
  const actor = WHO_MUST_ACT[fault.kind]
  if (actor === 'AGENT') await markNeedsReauthentication(services, { connection, fault })
  else if (actor === 'OPERATOR') await reportIfMisconfigured(services, { ...connection, fault })
  else if (!isRepeat) services.onError(fault)
}

/** For requests that say nothing about a connection: before it exists, or when it works without them. */
export async function reportIfMisconfigured(
  services: Services,
  { provider, fault }: { provider: CalendarProvider; fault: CalendarFault },
): Promise<void> {
  if (WHO_MUST_ACT[fault.kind] === 'OPERATOR') await reportMisconfiguration(services, { provider, fault })
}

/** @returns a sentence for the agent who is connecting the calendar */
export function explainToAgent({ kind, message }: CalendarFault): string {
  if (kind === 'RETRY') return `${message} Please try again later.`
  return kind === 'MISCONFIGURED' ? 'This installation is not set up correctly at the provider.' : message
}
