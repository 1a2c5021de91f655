// An agent's invitation: the templates, and how they are rendered for a meeting. The list of meetings, calendar
// entries, mails and the preview all use this.
import type { InvitationTemplate, Meeting } from '../../database/generated/client/client.ts'
import { asClaimed, readClaim } from '../people/claim.ts'
import { type InvitationFacts, tokenValues } from './token-values.ts'
import { readTokens, renderTemplate, type TokenValues } from './tokens.ts'

export interface InvitationTexts {
  /** One line. */
  subject: string
  /** Plain text, possibly of several lines; may be empty. */
  body: string
}

export interface Invitation extends InvitationTexts {
  /** Whether the calendar is asked for a video conference. */
  includeConferenceLink: boolean
}

const AGENDA = '{{meeting.agenda}}'

/** Applies until the agent writes an invitation. */
const DEFAULT_INVITATION: Invitation = {
  subject: '{{agent.name}} and {{lead.name}}',
  body: AGENDA,
  includeConferenceLink: true,
}

type SavedInvitation = { [Field in keyof Invitation]: InvitationTemplate[Field] | null }

/** @param saved what the agent wrote; null fields stand for the default */
export function toInvitation(saved: SavedInvitation | null): Invitation {
  return {
    subject: saved?.subject ?? DEFAULT_INVITATION.subject,
    body: saved?.body ?? DEFAULT_INVITATION.body,
    includeConferenceLink: saved?.includeConferenceLink ?? DEFAULT_INVITATION.includeConferenceLink,
  }
}

/** An invitation as the columns of a meeting that is booked with it. */
export function templateOf({ subject, body, includeConferenceLink }: Invitation) {
  return { subjectTemplate: subject, bodyTemplate: body, includeConferenceLink }
}

/** Replaces the tokens. A subject that renders to nothing becomes the default subject, so that every meeting has a
 * title. A body without a token for the agenda gets the agenda appended, so that it is never lost. */
export function renderInvitation(template: InvitationTexts, values: TokenValues): InvitationTexts {
  const line = (text: string) => renderTemplate(text, { values, destination: 'LINE' })
  const body = hasAgenda(template.body) ? template.body : `${template.body}\n\n${AGENDA}`
  return {
    subject: line(template.subject) || line(DEFAULT_INVITATION.subject),
    body: renderTemplate(body, { values, destination: 'TEXT' }),
  }
}

/** The columns of a meeting that its texts depend on, among them the template it was booked with. */
type InvitedMeeting = Pick<
  Meeting,
  | 'subjectTemplate'
  | 'bodyTemplate'
  | 'agenda'
  | 'startsAt'
  | 'endsAt'
  | 'timeZone'
  | 'conferenceUrl'
  | 'claimed'
>

/** Renders the subject and body of a meeting. A visitor who is not verified as the person reads them: they show what it
 * said of itself.
 * @param readers.timeZone the reader's zone; the visitor's when omitted
 * @throws RangeError for an unknown zone */
export function textsOfMeeting(
  meeting: InvitedMeeting,
  { agent, person, timeZone }: Pick<InvitationFacts, 'agent' | 'person'> & { timeZone?: string },
): InvitationTexts {
  const { subjectTemplate, bodyTemplate, conferenceUrl } = meeting
  const claimed = readClaim(meeting.claimed)
  const values = tokenValues({
    agent,
    person: claimed === null ? person : asClaimed(person, claimed),
    meeting: { ...meeting, timeZone: timeZone ?? meeting.timeZone, joinLink: conferenceUrl },
  })
  return renderInvitation({ subject: subjectTemplate, body: bodyTemplate }, values)
}

function hasAgenda(template: string): boolean {
  const { tokens } = readTokens(template)
  return tokens.some(({ family, attribute }) => family === 'meeting' && attribute === 'agenda')
}
