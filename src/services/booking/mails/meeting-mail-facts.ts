// The facts from which the mail about a meeting is composed.

/** WITHDRAWAL: the meeting stands, but no longer under this UID. */
export type MeetingMailKind = 'CONFIRMATION' | 'CHANGE' | 'CANCELLATION' | 'WITHDRAWAL'

/** Whether the mail cancels the entry in the recipient's calendar. */
export const cancelsEntry = (kind: MeetingMailKind): boolean =>
  kind === 'CANCELLATION' || kind === 'WITHDRAWAL'

/** One revision of a meeting for one recipient. A reassignment is a CANCELLATION for the former agent and a
 * CONFIRMATION for the new one. */
export interface MeetingMailFacts {
  meetingId: string
  /** 0 for the booking. Every change and the cancellation add 1. */
  revision: number
  kind: MeetingMailKind
  recipient: 'VISITOR' | 'AGENT'
  startsAt: Date
  endsAt: Date
  /** The time of the revision, not of the sending, so that a retry sends the same mail. */
  sentAt: Date
  /** CHANGE: the previous start, if the change moved the meeting. */
  previousStartsAt: Date | null
  /** IANA zones. Each recipient reads the time in their own zone. */
  visitorTimeZone: string
  agentTimeZone: string
  /** The UID in the calendar part; null for a mail without one, because the agent's calendar invites. */
  invitationUid: string | null
  /** The address that the invitation names as its organizer. */
  organizer: string
  /** Whether the recipient has already got a mail about this revision. */
  isRepeat: boolean
  /** The text of the invitation in the recipient's zone. The body can be empty. */
  subject: string
  body: string
  /** The text of the calendar entry, which is the same for both sides and uses the visitor's zone. */
  entry: { subject: string; body: string }
  conferenceUrl: string | null
  /** The reason of the change or cancellation, for both sides. */
  reason: string | null
  agent: Participant
  visitor: Participant
  /** For the greeting; can be empty. Agents have only one name, whose first part need not be a first name. */
  visitorFirstName: string
  workspaceName: string
  /** The visitor's signed link to change or cancel the meeting, or to book again. It authorises its holder: the agent never gets it. */
  manageUrl: string | null
  /** The address that the mail is from: the organizer's, for an invitation of ours. */
  from: string
  /** The installation's present address, which hands the mail in. The Message-ID uses its domain. */
  sender: string
}

export interface Participant {
  /** Can be empty. */
  name: string
  email: string
}
