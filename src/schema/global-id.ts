// Global ids are base64 of "Type:uuid". Only this layer knows them; the services know UUIDs.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { validate } from 'uuid'
import { InvalidInputError, NotFoundError } from '../errors.ts'

/** How many ids a list in a filter or an input may have. */
export const MAX_IDS = 1000

export type NodeName =
  | 'Agent'
  | 'Attribute'
  | 'Calendar'
  | 'ChatOffer'
  | 'Conversation'
  | 'Dialogue'
  | 'DialogueSession'
  | 'Meeting'
  | 'Message'
  | 'Person'
  | 'PushSubscription'
  | 'Role'
  | 'SlotHold'
  | 'Team'
  | 'Workspace'

/** @returns the type and the UUID in lower case, so that ids can be compared; null for a text that is not a global id, also
 * if only a part of it is one, as in a list of ids */
export function readGlobalId(globalId: string): { typename: string; id: string } | null {
  const [typename, id, ...rest] = Buffer.from(globalId, 'base64').toString().split(':')
  if (!typename || !id || rest.length > 0 || encodeGlobalID(typename, id) !== globalId) return null
  return { typename, id: id.toLowerCase() }
}

/** @param id.field the argument that carries the id, for the error: for example `input.agentId`
 * @throws NotFoundError when the id is not a global id of the type */
export function fromGlobalId(type: NodeName, { id, field }: { id: string; field: string }): string {
  const read = readGlobalId(id)
  if (read?.typename !== type || !validate(read.id)) throw new NotFoundError(field)
  return read.id
}

/** Like `fromGlobalId`, for an optional id. */
export function fromOptionalGlobalId(
  type: NodeName,
  { id, field }: { id: string | null | undefined; field: string },
): string | null {
  return id === null || id === undefined ? null : fromGlobalId(type, { id, field })
}

/** Like `fromGlobalId`, for a list.
 * @throws InvalidInputError for more than `MAX_IDS` ids */
export function fromGlobalIds(
  type: NodeName,
  { ids, field }: { ids: readonly string[]; field: string },
): string[] {
  if (ids.length > MAX_IDS) {
    const message = `Must be at most ${MAX_IDS} ids.`
    throw new InvalidInputError([{ path: field.split('.'), code: 'TOO_MANY', message, limit: MAX_IDS }])
  }
  return ids.map((id, index) => fromGlobalId(type, { id, field: `${field}.${index}` }))
}
