// Every kind of job there is, with what its handler is given.

export interface MeetingMailJob {
  /** The change to tell of. */
  changeId: string
  /** PREVIOUS_AGENT: who had the meeting before it was reassigned. */
  recipient: 'VISITOR' | 'AGENT' | 'PREVIOUS_AGENT'
  /** Whether it was told before, and is told again with an invitation, because the calendar sends none after all. */
  again?: boolean
  /** An invitation of a former agent's calendar that is to be taken back, and not the change itself. */
  withdrawn?: { uid: string; agentId: string }
}

export interface CalendarMailJob {
  /** Whom to tell. */
  agentId: string
  connectionId: string
  /** Of the connection that was lost, as an instant: nothing is told of one that was made anew. */
  connectedAt: string
  /** When it was lost. */
  lostAt: string
}

export interface ChatOfferJob {
  offerId: string
}

export interface ChatPushJob {
  offerId: string
  /** The browser to tell. */
  subscriptionId: string
  kind: 'CHAT_OFFERED' | 'CHAT_OFFER_SETTLED'
}

export type Jobs = {
  /** One mail about one change of a meeting. */
  'meeting-mail': MeetingMailJob
  /** Tells somebody that a calendar must be connected again. */
  'calendar-mail': CalendarMailJob
  /** Tells the browsers of an agent who is not signed in of a chat offer. */
  'chat-push': ChatOfferJob
  /** Tells them that it is settled, if they were told of it. */
  'chat-push-settled': ChatOfferJob
  /** One of the two, to one browser. */
  'chat-push-browser': ChatPushJob
  /** Deletes what has expired. */
  tidy: Record<string, never>
}

export const JOB_NAMES: (keyof Jobs)[] = [
  'meeting-mail',
  'calendar-mail',
  'chat-push',
  'chat-push-settled',
  'chat-push-browser',
  'tidy',
]

/** Jobs that come again and again, as in cron, in UTC. */
export const JOB_SCHEDULES = { tidy: '*/15 * * * *' }
