// What is said in a dialogue is said of the visitor's person (docs/semantics.md, section 9).
import { isDeepStrictEqual } from 'node:util'
import { lockPersonWithEmail, lockVisitor } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { NewEvent } from '../../events/new-events.ts'
import type { Described } from '../../people/attribute-values.ts'
import { type Claim, NOTHING_CLAIMED, readClaim } from '../../people/claim.ts'
import { identifyPerson } from '../../people/identify-person.ts'
import type { PersonInput } from '../../people/person-input.ts'
import { sayMore } from '../../people/say-more.ts'
import { type Saying, toPersonInput } from './speaker.ts'
import { OutdatedError } from './until-written.ts'
import { type Actor, visitIsOver } from './visitor-facts.ts'

/** Who the visitor is once it has said so. */
export interface SaidInDialogue {
  personId: string
  verified: boolean
  claimed: Claim | null
  /** To append at the end of the transaction. */
  events: NewEvent[]
}

/** Locks the visitor, and says of its person what the dialogue has learned.
 * @param said.locksPerson whether a verified person is locked too if nothing is said of it; left out: it is not
 * @throws OutdatedError when the visitor has changed since it was read
 * @throws UnauthenticatedError when the visit is over */
export async function sayInDialogue(
  tx: Transaction,
  given: { actor: Actor; sayings: Saying[]; locksPerson?: boolean; now: Date },
): Promise<SaidInDialogue> {
  const { actor, sayings, locksPerson = false, now } = given
  const { visitorId, workspaceId, personId, claimed, speaker } = actor
  const verified = speaker.isVerified
  const visitor = await lockVisitor(tx, visitorId)
  if (visitor === null) throw visitIsOver()
  if (!isDeepStrictEqual(visitor, { visitorId, personId, verified, claimed })) throw new OutdatedError()
  const person = toPersonInput(sayings, speaker.described)
  const isOfPerson = verified && !isSomebodyElse(person, speaker.described)
  if (isOfPerson && (sayings.length > 0 || locksPerson)) await requireUnchanged(tx, actor)
  if (sayings.length === 0) return { personId, verified, claimed: readClaim(claimed), events: [] }
  if (person.email === undefined) {
    return { personId, ...(await sayMore(tx, { visitor, said: person })), events: [] }
  }
  const identification = { workspaceId, visitorId, locked: visitor, person, isChecked: true, now }
  const identified = await identifyPerson(tx, identification)
  if (identified === null) throw visitIsOver()
  return { ...identified, personId: identified.person.id }
}

const isSomebodyElse = (said: PersonInput, { email }: Described) =>
  Boolean(said.email) && said.email !== email

/** The other browsers of a verified person say things of it too.
 * @throws OutdatedError when the person has changed since it was read */
async function requireUnchanged(tx: Transaction, { workspaceId, personId, person }: Actor): Promise<void> {
  const { email } = person
  const present = email === null ? null : await lockPersonWithEmail(tx, { workspaceId, personId, email })
  const read = Object.keys(NOTHING_CLAIMED) as (keyof Claim)[]
  if (present === null || !read.every((key) => isDeepStrictEqual(present[key], person[key]))) {
    throw new OutdatedError()
  }
}
