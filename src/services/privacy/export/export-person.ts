// Answers all that is stored of one person, page by page, for whoever asks what is known of them.
import { z } from 'zod'
import { InvalidInputError, NotFoundError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requirePermission } from '../../identity/viewer.ts'
import { PART_NAMES, PARTS, type PartName, type Stored } from './parts.ts'

/** How many records a page has at most. */
export const MAX_RECORDS = 100
/** A page ends before the record that would make it larger, but has one at least. In characters of JSON. */
const MAX_PAGE_LENGTH = 1024 * 1024

export interface PersonRecord {
  kind: PartName
  /** Everything but the id of the person's own record refers to others by their `id`. */
  data: Stored
}

export interface PersonExport {
  records: PersonRecord[]
  /** Where the next page begins; null: this is the last one. */
  endCursor: string | null
}

const place = z.strictObject({ part: z.enum(PART_NAMES), id: z.uuid() })
type Place = z.output<typeof place>

/** @param options.after the cursor of the page before; left out or null: the first page
 * @throws ForbiddenError without MANAGE_PRIVACY_AND_SECURITY
 * @throws NotFoundError for a person the workspace does not have
 * @throws InvalidInputError for a cursor that is none of an export */
export async function exportPerson(
  { database, viewer }: RequestContext,
  { personId, after = null }: { personId: string; after?: string | null | undefined },
): Promise<PersonExport> {
  const { workspaceId } = requirePermission(viewer, 'MANAGE_PRIVACY_AND_SECURITY')
  const start = after === null ? null : parseCursor(after)
  const person = await database.person.findFirst({ where: { id: personId, workspaceId } })
  if (person === null) throw new NotFoundError('personId')
  const found: PersonRecord[] = []
  for (const part of PART_NAMES.slice(start === null ? 0 : PART_NAMES.indexOf(start.part))) {
    const take = MAX_RECORDS + 1 - found.length
    if (take <= 0) break
    const from = part === start?.part ? start.id : null
    const rows = await PARTS[part]({ database, workspaceId, personId, after: from, take })
    found.push(...rows.map((data) => ({ kind: part, data })))
  }
  return cutOff(found)
}

/** @param found one record more than a page, if there are more */
function cutOff(found: PersonRecord[]): PersonExport {
  let length = 0
  const records: PersonRecord[] = []
  for (const record of found.slice(0, MAX_RECORDS)) {
    length += JSON.stringify(record.data).length
    if (records.length > 0 && length > MAX_PAGE_LENGTH) break
    records.push(record)
  }
  const last = records.at(-1)
  const isLast = records.length === found.length || last === undefined
  return { records, endCursor: isLast ? null : formatCursor({ part: last.kind, id: last.data.id }) }
}

const formatCursor = (of: Place): string => Buffer.from(JSON.stringify(of)).toString('base64url')

/** @throws InvalidInputError */
function parseCursor(cursor: string): Place {
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    const message = 'Must be the `endCursor` of an earlier page.'
    throw new InvalidInputError([{ path: ['after'], code: 'INVALID_FORMAT', message }])
  }
}
