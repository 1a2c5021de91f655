// All kinds of jobs, with the data that their handlers get.

export interface MeetingMailJob {
  /** The meeting change that the mail is about. */
  changeId: string
  /** PREVIOUS_AGENT: the agent who had the meeting before it was reassigned. */
  recipient: 'VISITOR' | 'AGENT' | 'PREVIOUS_AGENT'
  /** Whether a mail about the change was sent before. It is sent again with an invitation, because the calendar turned
   * out to send none. */
  again?: boolean
  /** The mail cancels this invitation, which a former agent's calendar sent, instead of announcing the change. */
  withdrawn?: { uid: string; agentId: string }
}

export interface CalendarMailJob {
  /** The agent who gets the mail. */
  agentId: string
  connectionId: string
  /** When the lost connection was made. If the calendar has been connected again since, no mail is sent. */
  connectedAt: string
  /** When the connection was lost. */
  lostAt: string
}

export interface RemovedAgentJob {
  agentId: string
}

export interface RemovalMailJob {
  /** The agent who was removed. */
  agentId: string
  /** The agent who gets the mail. */
  readerId: string
  /** What became of the meetings to come. */
  reassigned: number
  cancelled: number
  kept: number
  finishedAt: string
}

export interface ChatOfferJob {
  offerId: string
}

export interface ChatPushJob {
  offerId: string
  /** The browser that gets the push message. */
  subscriptionId: string
  kind: 'CHAT_OFFERED' | 'CHAT_OFFER_SETTLED'
}

export type Jobs = {
  /** Sends one mail about one change of a meeting. */
  'meeting-mail': MeetingMailJob
  /** Sends a mail that a calendar must be connected again. */
  'calendar-mail': CalendarMailJob
  /** Does what was chosen for the meetings of an agent who was removed. */
  'removed-agent': RemovedAgentJob
  /** Sends a mail that says what became of them. */
  'removal-mail': RemovalMailJob
  /** Dispatches a push message about a chat offer to each browser of an agent who is not signed in. */
  'chat-push': ChatOfferJob
  /** Dispatches one more to each of them when the offer is settled, if they got the first. */
  'chat-push-settled': ChatOfferJob
  /** Sends one of these messages to one browser. */
  'chat-push-browser': ChatPushJob
  /** Deletes what has expired. */
  tidy: Record<string, never>
}

export const JOB_NAMES: (keyof Jobs)[] = [
  'meeting-mail',
  'calendar-mail',
  'removed-agent',
  'removal-mail',
  'chat-push',
  'chat-push-settled',
  'chat-push-browser',
  'tidy',
]

/** The recurring jobs, each with a cron expression in UTC. */
export const JOB_SCHEDULES = { tidy: '*/15 * * * *' }
