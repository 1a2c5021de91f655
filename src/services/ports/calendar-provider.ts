// The port to calendar providers. It is called outside of transactions only, and an implementation never uses our
// database. Every failure is a CalendarFault.
import type { CalendarProvider as ProviderName } from '../../database/generated/client/enums.ts'
import type { Interval } from '../time.ts'

/** Access to one calendar. */
export interface CalendarAccess {
  connectionId: string
  /** The calendar's zone, for events that have dates only; IANA. */
  timeZone: string
  /** @param options.renew whether the provider has refused the last token
   * @returns an access token that has not expired
   * @throws CalendarFault */
  token(options?: { renew: boolean }): Promise<string>
  /** Gives up requests with this access; left out: nothing does. */
  signal?: AbortSignal
}

/** Busy time in a calendar. Nothing else of events that are not ours is ever read into the program. */
export interface BusyEvent extends Interval {
  /** The provider's id; for a series, that of the occurrence. */
  eventId: string
}

/** An event that we wrote, as the calendar has it now. */
export interface OwnEvent extends Interval {
  eventId: string
  meetingId: string
  /** DECLINED: the agent declined it. */
  state: 'STANDS' | 'DECLINED' | 'DELETED'
  /** The provider's name for this version of the event: its etag or change key. */
  version: string
  conferenceUrl: string | null
  /** Whether the visitor is still among the guests. */
  visitorInvited: boolean
}

export interface CalendarReading {
  /** The agent's busy time, without our own events. */
  busy: BusyEvent[]
  /** Our own events that overlap the window. */
  own: OwnEvent[]
  /** The calendar's present zone, IANA. */
  timeZone: string
}

/** A meeting as the agent's calendar should show it. */
export interface CalendarEvent {
  meetingId: string
  /** Whose calendar it is. The same meeting in another agent's calendar is another event. */
  agentId: string
  /** Counts the events of this meeting in this calendar, from 0: the id of a deleted event cannot be used again. */
  generation: number
  revision: number
  startsAt: Date
  endsAt: Date
  subject: string
  /** Plain text. */
  body: string
  visitor: { name: string; email: string }
  /** Whether the provider should add a video conference. */
  wantsConference: boolean
  /** Whether the provider should invite the visitor. */
  invites: boolean
  /** The event that was written before; null: none is known. */
  written: { eventId: string } | null
}

export interface WrittenEvent {
  eventId: string
  /** The UID of its invitation; null: this calendar sends no invitations. */
  iCalUid: string | null
  version: string
  /** null: none was requested, or it does not exist yet. */
  conferenceUrl: string | null
  /** Whether the conference is still being created, so that its link must be looked for later. */
  conferencePending: boolean
}

/** A request for webhooks of a calendar's changes. */
export interface ChannelRequest {
  /** Our id, a UUID. */
  channelId: string
  /** Comes with every webhook. */
  secret: string
  webhookUrl: string
  expiresAt: Date
}

export interface ProviderChannel {
  /** The provider's id. It can be ours. */
  providerId: string
  /** A second id that the provider needs to close the channel; null: it needs none. */
  resourceId: string | null
  /** As the provider has decided. */
  expiresAt: Date
}

/** What can be done with the calendars of a provider. */
export interface CalendarApi {
  /** Reads a whole window. A reading of a part of it is a fault.
   * @param options.deadlineMs for the whole answer */
  read(access: CalendarAccess, window: Interval, options?: { deadlineMs: number }): Promise<CalendarReading>
  /** @returns null when there is no event with this id; a deleted one may still be found, as DELETED */
  findEvent(access: CalendarAccess, eventId: string): Promise<OwnEvent | null>
  /** Makes the calendar show the meeting. Idempotent: the event is identified by meeting, agent and generation, so that
   * a retry after a lost answer finds the event. Keeps everything that the agent has changed, except for the times. */
  writeEvent(access: CalendarAccess, event: CalendarEvent): Promise<WrittenEvent>
  /** Removes an event. Has no effect when it does not exist.
   * @param event.invites whether the provider should send the visitor a cancellation */
  removeEvent(
    access: CalendarAccess,
    event: { eventId: string; invites: boolean; comment: string },
  ): Promise<void>
  /** @returns null when this calendar sends no webhooks */
  openChannel(access: CalendarAccess, request: ChannelRequest): Promise<ProviderChannel | null>
  /** Has no effect when the channel no longer exists. */
  closeChannel(access: CalendarAccess, channel: ProviderChannel): Promise<void>
}

/** Tokens for a calendar. */
export interface Renewal {
  /** Sent with requests. A secret. */
  accessToken: string
  expiresInSeconds: number
  /** Obtains the next access token. A secret. null: the present one stays valid. */
  refreshToken: string | null
}

/** The access that an agent grants by connecting a calendar. */
export interface Grant extends Renewal {
  refreshToken: string
  /** The provider's names of the permissions. */
  scopes: string[]
  /** The subject is the account's id at the provider, which stays when its address changes. */
  account: { subject: string; email: string }
}

/** Connects calendars of a provider: this server sends the agent to a page, which sends the agent back to the callback. */
export interface CalendarConnector {
  /** @param attempt.state comes back to the callback as the parameter `state`
   * @param attempt.verifier a secret of this attempt alone
   * @param attempt.accountHint the e-mail address of the account that was connected before; null: unknown
   * @returns the page to send the agent to */
  begin(attempt: { state: string; verifier: string; callbackUrl: string; accountHint: string | null }): string
  /** @param attempt.parameters those of the request to the callback
   * @throws CalendarFault: REFUSED with a sentence for the agent */
  complete(attempt: { parameters: URLSearchParams; verifier: string; callbackUrl: string }): Promise<Grant>
  /** @throws CalendarFault: REAUTHENTICATE only when the access itself has ended */
  renew(refreshToken: string): Promise<Renewal>
  /** @throws CalendarFault */
  revoke(refreshToken: string): Promise<void>
}

/** A webhook's claim that a calendar has changed. */
export interface ChangeHint {
  /** Our id of the channel, or the provider's. */
  channel: string
  /** The channel's secret. */
  secret: string
  /** Whether the provider says that the channel has ended, or ends soon. */
  ends?: boolean
}

/** A request to the webhook. Anyone can send one. */
export interface WebhookRequest {
  headers: Headers
  parameters: URLSearchParams
  /** Only for providers whose messages have a body: this server answers a body that is too long with 413. */
  readBody(): Promise<string>
}

/** `challenge`: the provider verifies the webhook, and this server must return this text; null: the text is
 * implausible, and the request is refused. */
export type WebhookMessage = { hints: ChangeHint[] } | { challenge: string | null }

/** The facts of a provider that are the same in every installation. */
export interface ProviderFacts {
  /** As in "your Outlook calendar". */
  title: string
  /** For the documentation of the API. */
  description: string
  /** Its name in the paths of this server that it calls; null: it calls none. */
  slug: string | null
  /** A sentence for the agent on what each permission is for, by the provider's name of the permission. */
  permissions: Readonly<Record<string, string>>
  /** The name of the permission to use the calendar while the agent is away. It is granted with the others, or nothing is,
   * and providers do not name it among the scopes that they granted. null: there is none. */
  lastingAccess: string | null
  /** The video conferences that it can add to events; null: none. */
  conference: { title: string; sampleUrl: string } | null
  /** Reads a webhook; null: the provider sends none. */
  readWebhook: ((request: WebhookRequest) => Promise<WebhookMessage>) | null
}

/** A provider as this installation can use it. */
export interface CalendarProvider extends ProviderFacts {
  /** null: this installation is not registered with it. */
  api: CalendarApi | null
  /** null: this installation is not registered with it, or its calendars are connected without a page. */
  connector: CalendarConnector | null
}

export type CalendarProviders = Readonly<Record<ProviderName, CalendarProvider>>
