// Identifies a visitor by the e-mail given (docs/semantics.md, section 9). The e-mail alone decides which person the
// visitor is, even when the visitor belonged to another person before.
import { isDeepStrictEqual } from 'node:util'
import type { Person } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { type LockedVisitor, lockEmailOfPerson, lockVisitor } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { type NewEvent, newEvent } from '../events/new-events.ts'
import { rebindVisitor } from './bind-visitor.ts'
import { checkAttributes } from './check-attributes.ts'
import { addClaim, type Claim, claimToJson, type Identity, NOTHING_CLAIMED, readClaim } from './claim.ts'
import type { PersonInput } from './person-input.ts'
import { findOrCreatePerson, saveClaim, savePerson } from './save-person.ts'
import type { PersonReader } from './seen-person.ts'

interface Identification {
  workspaceId: string
  /** The visitor who gave the data; null when an agent gave it. */
  visitorId: string | null
  /** The same, if it is locked already. */
  locked?: LockedVisitor
  person: PersonInput
  /** Whether the values of attributes are known to fit their definitions; false when omitted: they are checked. */
  isChecked?: boolean
  /** Whether the customer's site vouched for the e-mail (see `checkIdentityHash`); false when omitted. */
  isVouchedFor?: boolean
  now: Date
}

export interface Identified {
  person: Person
  /** Whether the visitor is verified as the person; false when an agent gave the data. */
  verified: boolean
  /** What an unverified visitor has said of itself; null: it is verified, or an agent gave the data. */
  claimed: Claim | null
  /** To append at the end of the transaction: the visitor may have lost access to what its former person did. */
  events: NewEvent[]
}

/** Finds or creates the person, binds the visitor to it, and stores what is said: with the person if staff or a verified
 * visitor says it, or if the person is made of the visitor's claims; otherwise only as a claim. A visitor who moves to
 * another person is verified only if the e-mail is vouched for; a visitor who stays with the person keeps its
 * verification. The person's e-mail is locked.
 * @returns null when there is neither an e-mail nor a visitor to identify
 * @throws InvalidInputError as in `checkAttributes` */
export async function identifyPerson(
  tx: Transaction,
  {
    workspaceId,
    visitorId,
    locked,
    person: given,
    isChecked = false,
    isVouchedFor = false,
    now,
  }: Identification,
): Promise<Identified | null> {
  const said = isChecked ? given : await checkAttributes(tx, { workspaceId, said: given })
  if (visitorId === null) return identifyForStaff(tx, { workspaceId, said, now })
  const visitor = locked ?? (await lockVisitor(tx, visitorId))
  if (visitor === null) return null
  const claimantId = isVouchedFor ? null : visitorId
  const { email } = said
  const person = email
    ? await findOrCreatePerson(tx, { workspaceId, email, claimantId, now })
    : await lockEmailOfPerson(tx, visitor.personId)
  const isMoving = visitor.personId !== person.id
  const verified = isVouchedFor || (visitor.verified && !isMoving)
  const claimed = verified ? null : addClaim(readClaim(visitor.claimed), said)
  const saved = verified
    ? await savePerson(tx, { person, said })
    : await saveClaim(tx, { person, said, claimantId: visitorId })
  const identified = { verified, claimed: verified ? null : (claimed ?? NOTHING_CLAIMED) }
  if (!isMoving) {
    await saveIdentity(tx, { visitor, identity: { verified, claimed } })
    return { person: saved, ...identified, events: [] }
  }
  const events = visitor.verified ? [newEvent.accessChanged({ visitorId })] : []
  const moved = await rebindVisitor(tx, { visitor, person: saved, identity: { verified, claimed } })
  return { person: moved, ...identified, events }
}

/** @returns the visitor as it reads its person */
export function toReader(id: string, { person, verified, claimed }: Identified): PersonReader {
  return { id, personId: person.id, isProven: verified, claimed }
}

async function identifyForStaff(
  tx: Transaction,
  { workspaceId, said, now }: { workspaceId: string; said: PersonInput; now: Date },
): Promise<Identified | null> {
  const { email } = said
  if (!email) return null
  const person = await findOrCreatePerson(tx, { workspaceId, email, claimantId: null, now })
  return { person: await savePerson(tx, { person, said }), verified: false, claimed: null, events: [] }
}

/** Records who the visitor is with the visitor and with its chats that are not over, if that has changed. */
async function saveIdentity(
  tx: Transaction,
  { visitor, identity }: { visitor: LockedVisitor; identity: Identity },
): Promise<void> {
  const { visitorId, personId, verified, claimed } = visitor
  if (isDeepStrictEqual(identity, { verified, claimed: readClaim(claimed) })) return
  const chats = await tx.$queryRaw<{ id: string }[]>`
    WITH visitor AS (
      UPDATE "Visitor" SET "verified" = ${identity.verified}, "claimed" = ${claimToJson(identity.claimed)}::jsonb
      WHERE "id" = ${visitorId}::uuid
    )
    UPDATE "Conversation" SET "verified" = ${identity.verified}, "claimed" = ${claimToJson(identity.claimed)}::jsonb
    WHERE "visitorId" = ${visitorId}::uuid AND "personId" = ${personId}::uuid AND "endedAt" IS NULL
    RETURNING "id"`
  noteLocks(
    tx,
    'conversation',
    chats.map(({ id }) => id),
  )
}
