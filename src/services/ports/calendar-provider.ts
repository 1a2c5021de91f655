// What the product asks of a provider of calendars. Called outside of transactions only; an implementation never
// touches our database. Every failure is a CalendarFault.
import type { CalendarProvider as ProviderName } from '../../database/generated/client/enums.ts'
import type { Interval } from '../time.ts'

/** The right to use one calendar. */
export interface CalendarAccess {
  connectionId: string
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

/** The calendars of a provider. */
export interface CalendarApi {
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

/** What an access token is had and renewed with. */
export interface Renewal {
  /** What requests carry. A secret. */
  accessToken: string
  expiresInSeconds: number
  /** Renews the access token. A secret. null: the present one stays. */
  refreshToken: string | null
}

/** What an agent allowed us by connecting a calendar. */
export interface Grant extends Renewal {
  refreshToken: string
  /** The permissions, as the provider calls them. */
  scopes: string[]
  /** Its id at the provider outlives a change of its address. */
  account: { subject: string; email: string }
}

/** How agents connect calendars of a provider: on pages in the browser, to which this server sends them and from which
 * they come back to its callback. */
export interface CalendarConnector {
  /** @param attempt.state comes back to the callback as the parameter `state`
   * @param attempt.verifier a secret that no other attempt has
   * @param attempt.accountHint the e-mail address of the account that was connected before; null: not known
   * @returns the page to send the agent to */
  begin(attempt: { state: string; verifier: string; callbackUrl: string; accountHint: string | null }): string
  /** @param attempt.parameters what came to the callback
   * @throws CalendarFault: REFUSED with a sentence for the agent */
  complete(attempt: { parameters: URLSearchParams; verifier: string; callbackUrl: string }): Promise<Grant>
  /** @throws CalendarFault: REAUTHENTICATE only when the permission itself has ended */
  renew(refreshToken: string): Promise<Renewal>
  /** @throws CalendarFault */
  revoke(refreshToken: string): Promise<void>
}

/** That a calendar has changed, as a webhook says. */
export interface ChangeHint {
  /** The id of the channel: ours, or the provider's. */
  channel: string
  /** The channel's secret. */
  secret: string
  /** Whether the provider says that the channel has ended, or ends soon. */
  ends?: boolean
}

/** A request to the webhook, of which nothing is proved. */
export interface WebhookRequest {
  headers: Headers
  parameters: URLSearchParams
  /** To be called only by providers whose messages have a body: one that is too long is answered with 413. */
  readBody(): Promise<string>
}

/** `challenge`: the provider asks whether the webhook is ours, and wants this text back; null: it is not plausible as such
 * a text, and is refused. */
export type WebhookMessage = { hints: ChangeHint[] } | { challenge: string | null }

/** What is true of a provider in every installation. */
export interface ProviderFacts {
  /** What people call it, as in "your Outlook calendar". */
  title: string
  /** For the documentation of the API. */
  description: string
  /** Its name in the paths of this server that it calls; null: it calls none. */
  slug: string | null
  /** What each permission is for, by its name at the provider, in a sentence for the agent. */
  permissions: Readonly<Record<string, string>>
  /** The video conferences that it can add to events; null: none. */
  conference: { title: string; sampleUrl: string } | null
  /** null: it sends no webhooks. */
  readWebhook: ((request: WebhookRequest) => Promise<WebhookMessage>) | null
}

/** A provider in this installation. */
export interface CalendarProvider extends ProviderFacts {
  /** null: this installation is not registered there. */
  api: CalendarApi | null
  /** null: this installation is not registered there, or calendars are connected without any page. */
  connector: CalendarConnector | null
}

export type CalendarProviders = Readonly<Record<ProviderName, CalendarProvider>>
