// What graphql-ws leaves open about messages: which ones are malformed besides, and how much of a ping comes back.
import { isObject } from '../is-object.ts'

/** In characters. Clients of graphql-ws send UUIDs. An id comes back with each answer. */
export const MAX_OPERATION_ID_LENGTH = 1000
/** A larger payload of a ping is not sent back. */
export const MAX_ECHOED_BYTES = 1024

const SERVER_MESSAGE_TYPES = new Set<unknown>(['connection_ack', 'next', 'error'])

/** Called for each value in a message, last for the message itself, with an empty key.
 * @throws Error for a message whose type only servers send, or whose id is too long. Otherwise graphql-ws would report an
 * internal error; so it treats the message as malformed. */
export function reviveMessage(key: string, value: unknown): unknown {
  if (key !== '' || !isObject(value)) return value
  if (SERVER_MESSAGE_TYPES.has(value.type)) throw new Error('Clients do not send this.')
  const { type, id, payload } = value
  if (typeof id === 'string' && id.length > MAX_OPERATION_ID_LENGTH) throw new Error('The id is too long.')
  const isById =
    type === 'subscribe' && isObject(payload) && ('documentId' in payload || 'extensions' in payload)
  // graphql-ws demands a text also of an operation whose document is persisted.
  return isById ? { ...value, payload: { query: '', ...payload } } : value
}

/** @returns the answer to a ping */
export function pongTo(payload: unknown): string {
  const pong = { type: 'pong', ...(payload ? { payload } : {}) }
  const isEchoed = Buffer.byteLength(JSON.stringify(payload ?? null)) <= MAX_ECHOED_BYTES
  return JSON.stringify(isEchoed ? pong : { type: 'pong' })
}
