// Every word of the mail about a meeting, in one place. Decides what a reader is told and in which order, not
// how it looks. The agent must never be told the visitor's link.

import { formatMeetingStart, formatMeetingTime } from '../../invitations/meeting-time.ts'
import type { MailContent, MailDetail } from '../../notifications/mail/mail-rendering.ts'
import {
  type MeetingMailFacts,
  type MeetingMailKind,
  type Participant,
  takesBack,
} from './meeting-mail-facts.ts'

const SUBJECT: Record<MeetingMailKind, string> = {
  CONFIRMATION: 'Confirmed',
  CHANGE: 'Changed',
  CANCELLATION: 'Cancelled',
  WITHDRAWAL: 'Out of date',
}

const HEADLINE: Record<MeetingMailFacts['recipient'], Record<MeetingMailKind, string>> = {
  VISITOR: {
    CONFIRMATION: 'Your meeting is confirmed.',
    CHANGE: 'Your meeting has changed.',
    CANCELLATION: 'Your meeting is cancelled.',
    WITHDRAWAL: 'This entry in your calendar is out of date. Another mail has the meeting as it is now.',
  },
  AGENT: {
    CONFIRMATION: 'You have a new meeting.',
    CHANGE: 'One of your meetings has changed.',
    // Also true for an agent whose meeting went to a colleague.
    CANCELLATION: 'You no longer have this meeting.',
    WITHDRAWAL: 'You no longer have this meeting.',
  },
}

/** @throws RangeError for an unknown zone */
export function wordMeetingMail(facts: MeetingMailFacts): MailContent {
  const isVisitor = facts.recipient === 'VISITOR'
  const reader = isVisitor ? facts.visitor : facts.agent
  const timeZone = isVisitor ? facts.visitorTimeZone : facts.agentTimeZone
  return {
    subject: `${SUBJECT[facts.kind]}: ${facts.subject}, ${formatMeetingStart(facts.startsAt, timeZone)}`,
    greeting: reader.name === '' ? 'Hello,' : `Hello ${reader.name},`,
    headline: HEADLINE[facts.recipient][facts.kind],
    details: [
      { label: 'What', text: facts.subject },
      { label: 'When', text: formatMeetingTime({ ...facts, timeZone }) },
      ...previousTime(facts, timeZone),
      { label: 'With', text: introduce(isVisitor ? facts.agent : facts.visitor) },
      ...textIfAny('Details', facts.body),
      ...textIfAny('Reason', facts.reason),
      ...links(facts),
    ],
    closing: `Sent by ${facts.workspaceName}.`,
  }
}

/** What the calendar entry says of the meeting. Visitor and agent get the same, and a visitor's answer may carry
 * it back to the agent: the visitor's link must never be in it. */
export function wordCalendarDescription({ entry, conferenceUrl }: MeetingMailFacts): string | null {
  const isInBody = conferenceUrl !== null && entry.body.includes(conferenceUrl)
  const paragraphs = [entry.body, conferenceUrl && !isInBody && `Join: ${conferenceUrl}`]
  return paragraphs.filter(Boolean).join('\n\n') || null
}

/** A change need not be one of time: a meeting may also have gone to another agent. */
function previousTime(facts: MeetingMailFacts, timeZone: string): MailDetail[] {
  const previous = facts.previousStartsAt
  if (facts.kind !== 'CHANGE' || previous === null) return []
  if (previous.getTime() === facts.startsAt.getTime()) return []
  return [{ label: 'Previously', text: formatMeetingStart(previous, timeZone) }]
}

/** A cancelled meeting can neither be joined nor changed. */
function links({ kind, recipient, conferenceUrl, manageUrl }: MeetingMailFacts): MailDetail[] {
  if (takesBack(kind)) return []
  const join = { label: 'Join', url: conferenceUrl, linkText: 'Join the meeting' }
  const manage = { label: 'Change or cancel', url: manageUrl, linkText: 'Change or cancel the meeting' }
  return [join, ...(recipient === 'VISITOR' ? [manage] : [])].flatMap(({ url, ...words }) =>
    url ? [{ ...words, url }] : [],
  )
}

function textIfAny(label: string, text: string | null): MailDetail[] {
  return text ? [{ label, text }] : []
}

function introduce({ name, email }: Participant): string {
  return name === '' ? email : `${name} <${email}>`
}
