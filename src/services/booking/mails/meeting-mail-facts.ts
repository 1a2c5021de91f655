// What the mail about a meeting is composed from.
import type { Mailbox } from '../../ports/mailer.ts'

/** WITHDRAWAL: the meeting stands, but not under this UID. */
export type MeetingMailKind = 'CONFIRMATION' | 'CHANGE' | 'CANCELLATION' | 'WITHDRAWAL'

/** Whether the entry in the reader's calendar is to go. */
export const takesBack = (kind: MeetingMailKind): boolean => kind === 'CANCELLATION' || kind === 'WITHDRAWAL'

/** One revision of a meeting as one recipient is to be told of it. When a meeting is reassigned, the facts for
 * the former agent are those of a CANCELLATION, for the new one those of a CONFIRMATION. */
export interface MeetingMailFacts {
  meetingId: string
  /** 0 for the booking, one more for every change or cancellation. */
  revision: number
  kind: MeetingMailKind
  recipient: 'VISITOR' | 'AGENT'
  startsAt: Date
  endsAt: Date
  /** The instant of the revision, not of the sending: a repeat has the same. */
  sentAt: Date
  /** CHANGE: when the meeting was to start before, if that is what changed. */
  previousStartsAt: Date | null
  /** IANA zones; each reader is told the time in their own. */
  visitorTimeZone: string
  agentTimeZone: string
  /** What the calendar part calls the meeting; null: none goes with it, because the agent's calendar invites. */
  invitationUid: string | null
  /** Whether the recipient was told of this revision before. */
  isRepeat: boolean
  /** The invitation as the recipient reads it; the body may be empty. */
  subject: string
  body: string
  /** The invitation as the visitor reads it: a calendar entry is the same for both. */
  entry: { subject: string; body: string }
  conferenceUrl: string | null
  /** Why the meeting was changed or cancelled; both sides read it. */
  reason: string | null
  agent: Participant
  visitor: Participant
  workspaceName: string
  /** The visitor's signed link to change or cancel. Whoever has it can do so: the agent never gets it. */
  manageUrl: string | null
  /** The sending address; its domain is also that of the Message-ID. */
  from: Mailbox
}

export interface Participant {
  /** May be empty. */
  name: string
  email: string
}
