// Holds what clients and the emulated Graph have said to each other against Microsoft's own description of it.
import { exchangeOf, readContract } from '../contract.ts'
import type { LoggedRequest } from '../request-log.ts'

const contract = readContract(
  new URL('../../contracts/ms-graph-v1.0-calendar.openapi.json', import.meta.url),
  { amend },
)

/** @returns what the description does not allow, each in a sentence; requests that were refused are left out, for a
 * test may have sent them so that they would be */
export function checkGraphContract(requests: LoggedRequest[]): string[] {
  const accepted = requests.filter(
    ({ path, answer }) => path.startsWith('/v1.0/') && (answer?.status ?? 500) < 400,
  )
  return accepted.flatMap((request) => {
    const exchange = exchangeOf({ ...request, query: withSeparateValues(request.query) })
    return exchange ? contract.check(exchange) : []
  })
}

/** Lists are separated by commas on the wire. */
function withSeparateValues(query: URLSearchParams): URLSearchParams {
  const pairs = [...query].flatMap(([name, value]) =>
    name === '$select' ? value.split(',').map((one) => [name, one.trim()]) : [[name, value]],
  )
  return new URLSearchParams(pairs)
}

/** Where null is allowed beside a type, the description allows any object; it says "nullable" of no type; and it knows
 * no order by a part of a field. */
function amend(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  const schema = part as {
    anyOf?: { type?: string; nullable?: boolean }[]
    nullable?: boolean
    type?: string
    name?: string
    schema?: object
  }
  schema.anyOf = schema.anyOf?.map((one) => (one.nullable && one.type === 'object' ? { type: 'null' } : one))
  if (schema.anyOf === undefined) delete schema.anyOf
  if (schema.type === undefined) delete schema.nullable
  if (schema.name === '$orderby') schema.schema = { type: 'string' }
  for (const inner of Object.values(part)) amend(inner)
}
