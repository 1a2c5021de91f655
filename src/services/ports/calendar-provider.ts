// What the product asks of a calendar, whoever keeps it. Called outside of transactions only; an implementation
// never touches our database. Every failure is a CalendarFault.
import type { CalendarProvider as ProviderName } from '../../database/generated/client/enums.ts'
import type { Interval } from '../time.ts'

/** The right to use one calendar. */
export interface CalendarAccess {
  connectionId: string
  accountEmail: string
  /** The zone of the calendar, for what is given in dates only; IANA. */
  timeZone: string
  /** @param options.renew the provider refused the one that it was given last
   * @returns an access token that has not expired
   * @throws CalendarFault */
  token(options?: { renew: boolean }): Promise<string>
}

/** Something in a calendar. Of events that are not ours nothing else is ever read into the program. */
export interface BusyEvent extends Interval {
  /** The provider's id; of a series, that of the occurrence. */
  eventId: string
}

/** An event that we wrote, as the calendar has it now. */
export interface OwnEvent extends Interval {
  eventId: string
  meetingId: string
  /** DECLINED: the agent said no to it, or it was deleted. */
  state: 'STANDS' | 'DECLINED' | 'DELETED'
  /** What the provider calls this version of it: etag, change key. */
  version: string
  conferenceUrl: string | null
  /** Whether the visitor is among those invited. */
  visitorInvited: boolean
}

export interface CalendarReading {
  /** What keeps the agent from taking a meeting, without our own events. */
  busy: BusyEvent[]
  /** Our own events that begin or end in the window. */
  own: OwnEvent[]
  /** The zone that the calendar has now, IANA. */
  timeZone: string
}

/** A meeting as its agent's calendar is to show it. */
export interface CalendarEvent {
  meetingId: string
  /** In whose calendar: what stood in another agent's before is another event. */
  agentId: string
  /** Of the event, where an earlier one of the same meeting was deleted: its id cannot be used again. From 0. */
  generation: number
  revision: number
  startsAt: Date
  endsAt: Date
  subject: string
  /** Plain text. */
  body: string
  visitor: { name: string; email: string }
  /** Whether a video conference is asked for. */
  wantsConference: boolean
  /** Whether the provider is to invite the visitor. */
  invites: boolean
  /** What was written before; null: nothing yet, as far as is known. */
  written: { eventId: string } | null
}

export interface WrittenEvent {
  eventId: string
  /** The UID of its invitation; null: it never invites. */
  iCalUid: string | null
  version: string
  /** null: none was asked for, or it is not made yet. */
  conferenceUrl: string | null
  /** Whether a conference is being made, so that it is worth looking again. */
  conferencePending: boolean
}

/** A wish to be told of changes. */
export interface WatchRequest {
  /** A UUID of ours. */
  channelId: string
  /** Given back with every notification. */
  secret: string
  hookUrl: string
  expiresAt: Date
}

export interface Watch {
  /** The provider's id of it; Google: the one that was asked for. */
  providerId: string
  /** Google's id of what is watched, needed to stop it. */
  resourceId: string | null
  /** Until when, as the provider has decided. */
  expiresAt: Date
}

export interface CalendarProvider {
  /** All of a window in one go; in part is a fault.
   * @param options.deadlineMs for the whole answer */
  read(access: CalendarAccess, window: Interval, options?: { deadlineMs: number }): Promise<CalendarReading>
  /** @returns null when there is none with this id; a deleted one may still be found, as DELETED */
  findEvent(access: CalendarAccess, eventId: string): Promise<OwnEvent | null>
  /** Makes the calendar show the meeting. What it is called is derived from meeting, agent and generation: a repeat after a
   * lost answer finds the event that is there. Changes only what is ours: what the agent wrote into it is kept. */
  writeEvent(access: CalendarAccess, event: CalendarEvent): Promise<WrittenEvent>
  /** Takes an event out; nothing happens when it is not there.
   * @param event.invites whether the provider is to tell the visitor */
  removeEvent(
    access: CalendarAccess,
    event: { eventId: string; invites: boolean; comment: string },
  ): Promise<void>
  /** @returns null when this calendar tells nobody of its changes */
  watch(access: CalendarAccess, request: WatchRequest): Promise<Watch | null>
  /** What is no longer there is stopped. */
  stopWatching(access: CalendarAccess, watch: Watch): Promise<void>
}

export type CalendarProviders = Pick<Record<ProviderName, CalendarProvider>, 'BUILT_IN'> &
  Partial<Record<ProviderName, CalendarProvider>>

/** Calendars that others keep. */
export type OutsideProvider = Exclude<ProviderName, 'BUILT_IN'>

export interface Grant {
  accessToken: string
  /** null: the one that there was stays, or none was given. */
  refreshToken: string | null
  expiresInSeconds: number
  scopes: string[]
  /** Whose it is; null: not said. */
  account: { subject: string; email: string } | null
}

export interface CalendarOAuth {
  /** Where to send the agent. */
  authorizationUrl(request: {
    state: string
    verifier: string
    redirectUri: string
    loginHint: string | null
  }): string
  /** @throws CalendarFault */
  exchange(answer: { code: string; verifier: string; redirectUri: string }): Promise<Grant>
  /** @throws CalendarFault: REAUTHENTICATE only when the right itself has ended */
  refresh(refreshToken: string): Promise<Grant>
  /** @throws CalendarFault */
  revoke(refreshToken: string): Promise<void>
}
