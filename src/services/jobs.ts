// All kinds of jobs, with the data that their handlers get.
import { v7 as uuidv7 } from 'uuid'

/** Brings what one side of a meeting was told by mail up to the meeting as it stands. */
export interface MeetingMailJob {
  meetingId: string
  recipient: 'VISITOR' | 'AGENT'
}

/** A job that an earlier version enlisted for one mail (booking/mails/adopt-earlier-job.ts). */
export interface EarlierMeetingMailJob {
  changeId: string
  recipient: 'VISITOR' | 'AGENT' | 'PREVIOUS_AGENT'
  withdrawn?: { uid: string; agentId: string }
}

/** Sends the mail with which a visitor confirms a booking. */
export interface ConfirmationMailJob {
  requestId: string
}

export interface AttendeeAddressJob {
  /** Whose e-mail address has changed. */
  attendee: { personId: string } | { agentId: string }
  previousAddress: string
  /** Of this change, whose effect on each meeting is made once. */
  key: string
}

/** @returns a job for one change of an address */
export const attendeeAddressJob = (change: Omit<AttendeeAddressJob, 'key'>): AttendeeAddressJob => ({
  ...change,
  key: uuidv7(),
})

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

export interface DeletedAttributeJob {
  workspaceId: string
  entity: 'PERSON' | 'COMPANY'
  name: string
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

export interface ChatNoticeJob {
  conversationId: string
  /** The browser that gets the push message. */
  subscriptionId: string
  /** The agent of the chat has no console any more, or has new messages. */
  kind: 'CHAT_UNATTENDED' | 'CHAT_MESSAGES'
}

export type Jobs = {
  /** Sends the mails that one side of a meeting needs. */
  'meeting-mail': MeetingMailJob | EarlierMeetingMailJob
  /** Asks a visitor by mail to confirm a booking. */
  'confirmation-mail': ConfirmationMailJob
  /** Moves the invitations to the coming meetings of a person or an agent to a new e-mail address. */
  'attendee-address': AttendeeAddressJob
  /** Sends a mail that a calendar must be connected again. */
  'calendar-mail': CalendarMailJob
  /** Does what was chosen for the meetings of an agent who was removed. */
  'removed-agent': RemovedAgentJob
  /** Sends a mail that says what became of them. */
  'removal-mail': RemovalMailJob
  /** Removes the values of an attribute that was deleted. */
  'deleted-attribute': DeletedAttributeJob
  /** Dispatches a push message about a chat offer to each browser of an agent who is not signed in. */
  'chat-push': ChatOfferJob
  /** Dispatches one more to each of them when the offer is settled, if they got the first. */
  'chat-push-settled': ChatOfferJob
  /** Sends one of these messages to one browser. */
  'chat-push-browser': ChatPushJob
  /** Sends a notice about a running chat to one browser of its agent, who has no console. */
  'chat-notice': ChatNoticeJob
  /** Deletes what has expired. */
  tidy: Record<string, never>
}

export const JOB_NAMES: (keyof Jobs)[] = [
  'meeting-mail',
  'confirmation-mail',
  'attendee-address',
  'calendar-mail',
  'removed-agent',
  'removal-mail',
  'deleted-attribute',
  'chat-push',
  'chat-push-settled',
  'chat-push-browser',
  'chat-notice',
  'tidy',
]

/** The recurring jobs, each with a cron expression in UTC. */
export const JOB_SCHEDULES = { tidy: '*/15 * * * *' }

/** Jobs of one group run one after another; only these queues have groups. */
export const JOB_GROUPS: { [Name in keyof Jobs]?: (job: Jobs[Name]) => string } = {
  'meeting-mail': (job) => `${'meetingId' in job ? job.meetingId : job.changeId} ${job.recipient}`,
}
