// What the product asks of a calendar, whoever keeps it. Called outside of transactions only; an
// implementation never touches our database.
import type { CalendarProvider as ProviderName } from '../../database/generated/client/enums.ts'

/** Which calendar is meant. */
export interface CalendarAccount {
  connectionId: string
  agentId: string
  accountEmail: string
}

/** A meeting as its agent's calendar is to show it. */
export interface CalendarEvent {
  /** The same for life: a provider derives the id of its event from it, so that a repeat makes no second one. */
  meetingId: string
  revision: number
  startsAt: Date
  endsAt: Date
  subject: string
  body: string
  visitor: { name: string; email: string }
}

export interface CalendarProvider {
  /** Makes the calendar show the meeting; a repeat or an older revision than it shows changes nothing.
   * @returns the address of the video conference, if one was made
   * @throws CalendarConnectionError; `retryable` tells whether to try again */
  writeEvent(account: CalendarAccount, event: CalendarEvent): Promise<{ conferenceUrl: string | null }>
  /** Takes the meeting out of the calendar; nothing happens when it is not there. */
  removeEvent(account: CalendarAccount, meetingId: string): Promise<void>
}

export type CalendarProviders = Pick<Record<ProviderName, CalendarProvider>, 'BUILT_IN'> &
  Partial<Record<ProviderName, CalendarProvider>>
