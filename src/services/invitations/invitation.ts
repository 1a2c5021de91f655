// An agent's invitation: the texts with tokens, and what becomes of them for one meeting. The same for the meeting in
// the list, its calendar entry, its mails and the preview.
import type { InvitationTemplate, Meeting } from '../../database/generated/client/client.ts'
import { type InvitationFacts, tokenValues } from './token-values.ts'
import { readTokens, renderTemplate, type TokenValues } from './tokens.ts'

export interface InvitationTexts {
  /** One line. */
  subject: string
  /** Plain text of several lines; may be empty. */
  body: string
}

export interface Invitation extends InvitationTexts {
  /** Whether a video conference is asked for. */
  includeConferenceLink: boolean
}

/** What counts until the agent writes something else. */
export const DEFAULT_INVITATION: Invitation = {
  subject: '{{agent.name}} and {{lead.name}}',
  body: '{{meeting.agenda}}',
  includeConferenceLink: true,
}

const AGENDA = '{{meeting.agenda}}'

type SavedInvitation = { [Field in keyof Invitation]: InvitationTemplate[Field] | null }

/** @param saved what the agent wrote; what is null is the default's */
export function toInvitation(saved: SavedInvitation | null): Invitation {
  return {
    subject: saved?.subject ?? DEFAULT_INVITATION.subject,
    body: saved?.body ?? DEFAULT_INVITATION.body,
    includeConferenceLink: saved?.includeConferenceLink ?? DEFAULT_INVITATION.includeConferenceLink,
  }
}

/** An invitation as the columns of the meeting that was booked with it. */
export function templateOf({ subject, body, includeConferenceLink }: Invitation) {
  return { subjectTemplate: subject, bodyTemplate: body, includeConferenceLink }
}

/** Replaces the tokens. A subject of which nothing is left is the default's: no meeting is without a title. */
export function renderInvitation(template: InvitationTexts, values: TokenValues): InvitationTexts {
  const line = (text: string) => renderTemplate(text, { values, destination: 'LINE' })
  return {
    subject: line(template.subject) || line(DEFAULT_INVITATION.subject),
    body: renderTemplate(template.body, { values, destination: 'TEXT' }),
  }
}

/** A meeting with the template that it was booked with. */
type InvitedMeeting = Pick<
  Meeting,
  'subjectTemplate' | 'bodyTemplate' | 'agenda' | 'startsAt' | 'endsAt' | 'timeZone' | 'conferenceUrl'
>

/** What a meeting is called and says. The agenda is never lost: where the body has no place for it, it stands at the end.
 * @param readers.timeZone the reader's; the visitor's if left out
 * @throws RangeError for an unknown zone */
export function textsOfMeeting(
  meeting: InvitedMeeting,
  { agent, person, timeZone }: Pick<InvitationFacts, 'agent' | 'person'> & { timeZone?: string },
): InvitationTexts {
  const { subjectTemplate, bodyTemplate, conferenceUrl } = meeting
  const values = tokenValues({
    agent,
    person,
    meeting: { ...meeting, timeZone: timeZone ?? meeting.timeZone, joinLink: conferenceUrl },
  })
  const body = hasAgenda(bodyTemplate) ? bodyTemplate : `${bodyTemplate}\n\n${AGENDA}`
  return renderInvitation({ subject: subjectTemplate, body }, values)
}

function hasAgenda(template: string): boolean {
  const { tokens } = readTokens(template)
  return tokens.some(({ family, attribute }) => family === 'meeting' && attribute === 'agenda')
}
