// What a visitor says of itself. Until the customer's site vouches for the e-mail, it is only a claim, which is kept
// with the visitor, its conversations and its meetings (docs/semantics.md, section 9).
import { z } from 'zod'
import type { PersonInput } from './person-input.ts'

const claim = z.object({
  email: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  jobTitle: z.string().nullable(),
  phone: z.string().nullable(),
  companyName: z.string().nullable(),
})

/** null stands for what the visitor has not said. */
export type Claim = z.output<typeof claim>

/** @param stored as the database has it */
export const readClaim = (stored: unknown): Claim | null => claim.nullable().parse(stored ?? null)

/** Adds what a visitor says to what it said before. Another e-mail address begins anew: the visitor says that it is
 * somebody else.
 * @returns null if it has said nothing */
export function addClaim(before: Claim | null, said: PersonInput): Claim | null {
  const isSomebodyElse = said.email && before?.email && said.email !== before.email
  const known = isSomebodyElse ? null : before
  const { email, firstName, lastName, jobTitle, phone, company } = said
  const after: Claim = {
    email: email || (known?.email ?? null),
    firstName: firstName || (known?.firstName ?? null),
    lastName: lastName || (known?.lastName ?? null),
    jobTitle: jobTitle || (known?.jobTitle ?? null),
    phone: phone || (known?.phone ?? null),
    companyName: company?.name || (known?.companyName ?? null),
  }
  return Object.values(after).some((value) => value !== null) ? after : null
}
