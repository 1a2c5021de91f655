// Global ids at the edge: base64url of "Type:uuid". Inside there are only UUIDs.
import { validate } from 'uuid'
import { InvalidInputError, NotFoundError } from '../errors.ts'

export type NodeName =
  | 'Agent'
  | 'CalendarConnection'
  | 'ChatOffer'
  | 'Conversation'
  | 'Meeting'
  | 'Message'
  | 'Person'
  | 'Role'
  | 'SlotHold'
  | 'Team'
  | 'Workspace'

/** @returns the type and the UUID in lower case, so that ids can be compared; null for what is not a global id */
export function readGlobalId(globalId: string): { typename: string; id: string } | null {
  const [typename, id, ...rest] = Buffer.from(globalId, 'base64').toString().split(':')
  return typename && id && rest.length === 0 ? { typename, id: id.toLowerCase() } : null
}

/** @param id.field the argument that carries the id, for the error
 * @throws NotFoundError when the id is made up or of another type: it is nobody's */
export function fromGlobalId(type: NodeName, { id, field }: { id: string; field: string }): string {
  const read = readGlobalId(id)
  if (read?.typename !== type || !validate(read.id)) throw new NotFoundError(field, id)
  return read.id
}

/** The same for an id that may be left out. */
export function fromOptionalGlobalId(
  type: NodeName,
  { id, field }: { id: string | null | undefined; field: string },
): string | null {
  return id === null || id === undefined ? null : fromGlobalId(type, { id, field })
}

/** The same for a list; more than `MAX_IDS` are refused.
 * @param list.within the argument that the field stands in; a list's filter unless said otherwise */
export function fromGlobalIds(
  type: NodeName,
  list: { ids: readonly string[]; field: string; within?: 'filter' | 'input' },
): string[] {
  const { ids, field, within = 'filter' } = list
  if (ids.length > MAX_IDS) {
    throw new InvalidInputError([{ path: [within, field], message: `Must be at most ${MAX_IDS} ids.` }])
  }
  return ids.map((id) => fromGlobalId(type, { id, field }))
}

const MAX_IDS = 1000
