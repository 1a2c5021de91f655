// Validates the requests to the emulated Graph and its answers against Microsoft's description.
import { exchangeOf, readContract } from '../contract.ts'
import type { LoggedRequest } from '../request-log.ts'

const contract = readContract(
  new URL('../../contracts/ms-graph-v1.0-calendar.openapi.json', import.meta.url),
  { amend },
)

/** Skips refused requests, because a test may have sent them invalid on purpose.
 * @returns each violation of the description as a sentence */
export function checkGraphContract(requests: LoggedRequest[]): string[] {
  const accepted = requests.filter(
    ({ path, answer }) => path.startsWith('/v1.0/') && (answer?.status ?? 500) < 400,
  )
  return accepted.flatMap((request) => {
    const exchange = exchangeOf({ ...request, query: withSeparateValues(request.query) })
    return exchange ? contract.check(exchange) : []
  })
}

/** $select is a comma-separated list on the wire, but an array in the description. */
function withSeparateValues(query: URLSearchParams): URLSearchParams {
  const pairs = [...query].flatMap(([name, value]) =>
    name === '$select' ? value.split(',').map((one) => [name, one.trim()]) : [[name, value]],
  )
  return new URLSearchParams(pairs)
}

/** Corrects three faults of the description: it allows any object where it means null, says "nullable" without a type,
 * and does not allow $orderby by a nested field. */
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
