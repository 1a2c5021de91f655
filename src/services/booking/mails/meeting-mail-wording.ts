// Has every word of the mail about a meeting. Decides what the mail says and in which order, not how it looks. A mail
// to the agent must never contain the visitor's link.

import { formatMeetingStart, formatMeetingTime } from '../../invitations/meeting-time.ts'
import type { MailAction, MailContent, MailDetail } from '../../notifications/mail/mail-rendering.ts'
import {
  cancelsEntry,
  type MeetingMailFacts,
  type MeetingMailKind,
  type Participant,
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
    WITHDRAWAL: 'An entry in your calendar is out of date.',
  },
  AGENT: {
    CONFIRMATION: 'You have a new meeting.',
    CHANGE: 'One of your meetings has changed.',
    // The agent also gets this when the meeting is reassigned to a colleague.
    CANCELLATION: 'You no longer have this meeting.',
    WITHDRAWAL: 'An entry in your calendar is out of date.',
  },
}

const IN_ANOTHER_MAIL = { label: 'Instead', text: 'Another mail has the meeting as it is now.' }

/** @throws RangeError for an unknown zone */
export function wordMeetingMail(facts: MeetingMailFacts): MailContent {
  const isVisitor = facts.recipient === 'VISITOR'
  const reader = isVisitor ? facts.visitorFirstName : facts.agent.name
  const timeZone = isVisitor ? facts.visitorTimeZone : facts.agentTimeZone
  return {
    subject: `${SUBJECT[facts.kind]}: ${facts.subject}, ${formatMeetingStart(facts.startsAt, timeZone)}`,
    greeting: reader === '' ? 'Hello,' : `Hello ${reader},`,
    headline: HEADLINE[facts.recipient][facts.kind],
    details: [
      ...(facts.kind === 'WITHDRAWAL' ? [IN_ANOTHER_MAIL] : []),
      { label: 'What', text: facts.subject },
      { label: 'When', text: formatMeetingTime({ ...facts, timeZone }) },
      ...previousTime(facts, timeZone),
      { label: 'With', text: introduce(isVisitor ? facts.agent : facts.visitor) },
      ...textIfAny('Details', facts.body),
      ...textIfAny('Reason', facts.reason),
    ],
    actions: actionsOf(facts),
    closing: `Sent by ${facts.workspaceName}.`,
  }
}

/** The description of the calendar entry. The visitor's has the link to change or cancel the meeting, which the agent's
 * must never have. */
export function wordCalendarDescription(facts: MeetingMailFacts): string {
  const { entry, conferenceUrl, recipient, agent, visitor } = facts
  const isInBody = conferenceUrl !== null && entry.body.includes(conferenceUrl)
  const link = visitorsLink(facts)
  const lines = [
    `With: ${introduce(recipient === 'VISITOR' ? agent : visitor)}`,
    ...(conferenceUrl && !isInBody ? [`Join: ${conferenceUrl}`] : []),
    ...(link ? [`Change or cancel: ${link}`] : []),
  ]
  return [entry.body, lines.join('\n')].filter(Boolean).join('\n\n')
}

/** The link to change or cancel the meeting, for the visitor of one that stands. */
export function visitorsLink({ kind, recipient, manageUrl }: MeetingMailFacts): string | null {
  return recipient === 'VISITOR' && !cancelsEntry(kind) ? manageUrl : null
}

/** As From and ORGANIZER show the installation's address, for example "Ada Lovelace (Analytical Engines)". */
export function senderName({ agent, workspaceName }: MeetingMailFacts): string {
  return agent.name === '' ? workspaceName : `${agent.name} (${workspaceName})`
}

/** Empty when the change did not move the meeting, for example when it only got another agent. */
function previousTime(facts: MeetingMailFacts, timeZone: string): MailDetail[] {
  const previous = facts.previousStartsAt
  if (facts.kind !== 'CHANGE' || previous === null) return []
  if (previous.getTime() === facts.startsAt.getTime()) return []
  return [{ label: 'Previously', text: formatMeetingStart(previous, timeZone) }]
}

/** A cancelled meeting can neither be joined nor changed, but the visitor's link can book another. */
function actionsOf(facts: MeetingMailFacts): MailAction[] {
  const { kind, recipient, conferenceUrl, manageUrl } = facts
  const again = kind === 'CANCELLATION' && recipient === 'VISITOR' ? manageUrl : null
  const actions = [
    { label: 'Join the meeting', url: cancelsEntry(kind) ? null : conferenceUrl },
    { label: 'Change or cancel the meeting', url: visitorsLink(facts) },
    { label: 'Book another time', url: again },
  ]
  return actions.flatMap(({ label, url }) => (url ? [{ label, url }] : []))
}

function textIfAny(label: string, text: string | null): MailDetail[] {
  return text ? [{ label, text }] : []
}

function introduce({ name, email }: Participant): string {
  return name === '' || name === email ? email : `${name} <${email}>`
}
