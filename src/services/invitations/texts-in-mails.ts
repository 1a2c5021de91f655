// The texts of a meeting as its mails show them, ours and those of an agent's calendar that invites. Whoever books with a foreign address must not be able to send a message to
// it: as long as nobody has vouched for the address, its owner reads nothing that the visitor was free to write.
import type { Meeting, Person } from '../../database/generated/client/client.ts'
import { visitorMailName } from '../notifications/mail/mail-name.ts'
import { asClaimed, readClaim } from '../people/claim.ts'
import { type InvitationTexts, textsOfMeeting } from './invitation.ts'
import type { InvitationFacts } from './token-values.ts'

interface TextsInMail {
  meeting: Meeting
  agent: InvitationFacts['agent']
  person: Person
  recipient: 'VISITOR' | 'AGENT'
  /** The reader's; the visitor's when omitted. */
  timeZone?: string
}

/** Whether the visitor only claims to have the address to which its mails go, and nobody there has confirmed the booking. */
export const isUnproven = ({ claimed, confirmedAt }: Pick<Meeting, 'claimed' | 'confirmedAt'>): boolean =>
  claimed !== null && confirmedAt === null

/** @throws RangeError for an unknown zone */
export function textsInMail({ meeting, person, recipient, ...facts }: TextsInMail): InvitationTexts {
  const claimed = readClaim(meeting.claimed)
  const shown = withSafeName(claimed === null ? person : asClaimed(person, claimed))
  const isForeign = recipient === 'VISITOR' && isUnproven(meeting)
  return textsOfMeeting(
    { ...meeting, claimed: null, ...(isForeign ? { agenda: '' } : {}) },
    { ...facts, person: isForeign ? withoutFreeText(shown) : shown },
  )
}

/** @returns the person with names that can stand in headers */
export function withSafeName(person: Person): Person {
  const safe = (name: string | null) => (name === null ? null : visitorMailName(name))
  return { ...person, firstName: safe(person.firstName), lastName: safe(person.lastName) }
}

const withoutFreeText = (person: Person): Person => ({
  ...person,
  phone: null,
  jobTitle: null,
  companyName: null,
  companyDomain: null,
  companyAttributes: {},
  attributes: {},
})
