// What people who are not staff read of a person: what they said of themselves, unless it is proven that they are that
// person. So nobody learns by a claim whether an e-mail address is known, or to whom (docs/semantics.md, section 9).
import { v5 as uuidv5 } from 'uuid'
import type { Person } from '../../database/generated/client/client.ts'
import type { Database } from '../../database/open.ts'
import { asClaimed, type Claim, NOTHING_CLAIMED, readClaim } from './claim.ts'

/** A visitor, or the holder of a meeting's link. */
export interface PersonReader {
  /** Of the visit, or of the meeting. It stands for the reader's own person as long as nothing is proven. */
  id: string
  /** The person that the reader is, or claims to be. */
  personId: string
  isProven: boolean
  claimed: Claim | null
}

/** @param about.claimed what was said with what shows the person, for example with a meeting; null: nothing, or unknown
 * @returns the person as the reader sees it, with the id that it has for the reader */
export function seePerson(
  reader: PersonReader,
  { person, claimed }: { person: Person; claimed: Claim | null },
): Person {
  if (reader.isProven && person.id === reader.personId) return person
  if (isReader(reader, claimed)) {
    return { ...asClaimed(person, reader.claimed ?? NOTHING_CLAIMED), id: reader.id }
  }
  const past = claimed ?? NOTHING_CLAIMED
  // The same claim has the same id, so that caches which go by ids never mix two of them.
  return { ...asClaimed(person, past), id: uuidv5(JSON.stringify(past), reader.id) }
}

/** Whether what was said is about the reader as it describes itself now. */
function isReader({ isProven, claimed: own }: PersonReader, claimed: Claim | null): boolean {
  return !isProven && (!claimed?.email || claimed.email === own?.email)
}

/** @returns the visitors as readers, by id */
export async function readVisitors(database: Database, ids: string[]): Promise<Map<string, PersonReader>> {
  const visitors = await database.visitor.findMany({
    where: { id: { in: ids } },
    select: { id: true, personId: true, verified: true, claimed: true },
  })
  return new Map(
    visitors.map(({ id, personId, verified, claimed }) => {
      return [id, { id, personId, isProven: verified, claimed: readClaim(claimed) }]
    }),
  )
}

/** The mail with the link went to the person's address. Who only claimed to have that address reads no more than it said.
 * @param meeting as stored
 * @returns the holder of the meeting's link as a reader */
export function toLinkHolder(meeting: { id: string; personId: string; claimed: unknown }): PersonReader {
  const { id, personId, claimed } = meeting
  return { id, personId, isProven: claimed === null, claimed: readClaim(claimed) }
}

/** @returns the holders of meetings' links as readers, by the ids of the meetings */
export async function readLinkHolders(database: Database, ids: string[]): Promise<Map<string, PersonReader>> {
  const meetings = await database.meeting.findMany({
    where: { id: { in: ids } },
    select: { id: true, personId: true, claimed: true },
  })
  return new Map(meetings.map((meeting) => [meeting.id, toLinkHolder(meeting)]))
}
