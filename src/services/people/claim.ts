// What a visitor says of itself. Until the customer's site vouches for the e-mail, it is only a claim, which is kept
// with the visitor, its conversations and its meetings (docs/semantics.md, section 9).
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Person, Prisma } from '../../database/generated/client/client.ts'
import type { PersonInput } from './person-input.ts'

const text = z.string().nullable().default(null)
const attributes = z.record(z.string(), z.custom<Prisma.JsonValue>()).default({})

/** Claims that an earlier version stored lack the attributes and the domain. */
const claim = z.object({
  email: text,
  firstName: text,
  lastName: text,
  jobTitle: text,
  phone: text,
  companyName: text,
  companyDomain: text,
  companyAttributes: attributes,
  attributes,
})

/** Has the columns of a person. null, or no attributes, stands for what the visitor has not said. */
export type Claim = z.output<typeof claim>

/** What a claim says of a person, and what no visitor can say. */
type ClaimedPerson = Pick<Person, keyof Claim | 'crmStatus'>

/** Whether the customer's site vouches for who a visitor is, and what it said of itself otherwise. */
export interface Identity {
  verified: boolean
  claimed: Claim | null
}

export const NOTHING_CLAIMED: Claim = claim.parse({})

/** @param stored as the database has it */
export const readClaim = (stored: unknown): Claim | null => claim.nullable().parse(stored ?? null)

/** A claim as a parameter of type jsonb. */
export const claimToJson = (claimed: Claim | null): string | null =>
  claimed === null ? null : JSON.stringify(claimed)

/** Adds what a visitor says to what it said before. Another e-mail address begins anew: the visitor says that it is
 * somebody else.
 * @returns null if it has said nothing */
export function addClaim(before: Claim | null, said: PersonInput): Claim | null {
  const isSomebodyElse = said.email && before?.email && said.email !== before.email
  const known = isSomebodyElse || before === null ? NOTHING_CLAIMED : before
  const { email, firstName, lastName, jobTitle, phone, company } = said
  const after: Claim = {
    email: email || known.email,
    firstName: firstName || known.firstName,
    lastName: lastName || known.lastName,
    jobTitle: jobTitle || known.jobTitle,
    phone: phone || known.phone,
    companyName: company?.name || known.companyName,
    companyDomain: company?.domain || known.companyDomain,
    companyAttributes: company?.attributes ?? known.companyAttributes,
    attributes: said.attributes ?? known.attributes,
  }
  return isDeepStrictEqual(after, NOTHING_CLAIMED) ? null : after
}

/** @returns the person as a claim describes it */
export function asClaimed<Described extends ClaimedPerson>(person: Described, claimed: Claim): Described {
  return { ...person, ...claimed, crmStatus: null }
}
