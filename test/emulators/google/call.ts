// A call of the Calendar API, the argument of its methods.
import type { Answer } from '../http-server.ts'
import type { LoggedRequest } from '../request-log.ts'
import { badRequest, invalid } from './errors.ts'
import type { Account, World } from './state.ts'
import type { Push } from './watch.ts'

export interface Call {
  world: World
  push: Push
  account: Account
  /** The values of the path's placeholders, by name. */
  at: Record<string, string>
  request: LoggedRequest
}

export type Method = (call: Call) => Answer | Promise<Answer>

/** @throws 400 */
export function readBody<T extends object>({ request }: Call): T {
  try {
    const body = JSON.parse(request.body === '' ? '{}' : request.body)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as T
  } catch {}
  throw badRequest('Parse Error')
}

/** @throws 400 */
export function readBoolean(call: Call, name: string): boolean | undefined {
  return readOneOf(call, name, ['true', 'false'])?.startsWith('true')
}

/** @throws 400 */
export function readInteger({ request: { query } }: Call, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^\d+$/.test(text)) throw invalid(`Invalid integer value: '${text}'.`, `parameter ${name}`)
  return Number(text)
}

/** @throws 400 */
export function readOneOf<T extends string>(
  { request: { query } }: Call,
  name: string,
  values: readonly T[],
): T | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const value = values.find((one) => one === text)
  if (value === undefined) throw invalid(`Invalid value '${text}'.`, `parameter ${name}`)
  return value
}
