// What is said in a dialogue is said of the visitor's person (docs/semantics.md, section 9).
import { isDeepStrictEqual } from 'node:util'
import { lockVisitor } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { NewEvent } from '../../events/new-events.ts'
import { type Claim, readClaim } from '../../people/claim.ts'
import { identifyPerson } from '../../people/identify-person.ts'
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
 * @throws OutdatedError when the visitor has changed since it was read
 * @throws UnauthenticatedError when the visit is over */
export async function sayInDialogue(
  tx: Transaction,
  { actor, sayings, now }: { actor: Actor; sayings: Saying[]; now: Date },
): Promise<SaidInDialogue> {
  const { visitorId, workspaceId, personId, claimed, speaker } = actor
  const verified = speaker.isVerified
  const visitor = await lockVisitor(tx, visitorId)
  if (visitor === null) throw visitIsOver()
  if (!isDeepStrictEqual(visitor, { visitorId, personId, verified, claimed })) throw new OutdatedError()
  if (sayings.length === 0) return { personId, verified, claimed: readClaim(claimed), events: [] }
  const person = toPersonInput(sayings, speaker.described)
  const identified = await identifyPerson(tx, { workspaceId, visitorId, person, isChecked: true, now })
  if (identified === null) throw visitIsOver()
  return { ...identified, personId: identified.person.id }
}
