// The OData options that the calendar supports: $select, $expand and $filter by extended properties and times, and
// pages with absolute links.
import { isField } from './event-input.ts'
import type { StoredEvent } from './model.ts'
import { badRequest } from './refusals.ts'
import type { Item } from './series.ts'
import { readInstant } from './zones.ts'

/** Reduces an event to the fields that $select names, the id and the etag. */
export function select<Shown extends object>(shown: Shown, query: URLSearchParams): Partial<Shown> {
  const names = query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim())
  if (names === undefined) return shown
  const unknown = names.find((name) => !isField(name))
  if (unknown !== undefined) {
    throw badRequest(
      'RequestBroker--ParseUri',
      `Could not find a property named '${unknown}' on type 'Microsoft.OutlookServices.Event'.`,
    )
  }
  const kept = new Set(['@odata.etag', 'id', ...names])
  return Object.fromEntries(Object.entries(shown).filter(([name]) => kept.has(name))) as Partial<Shown>
}

/** The extended properties of the event that $expand names. */
export function expand(event: StoredEvent, query: URLSearchParams): object {
  const text = query.get('$expand')
  if (text === null) return {}
  const [, filter] = /^singleValueExtendedProperties\(\s*\$filter=(.+)\)$/i.exec(text.trim()) ?? []
  const ids = [...(filter ?? '').matchAll(/id eq '((?:[^']|'')+)'/gi)].map(([, id = '']) => unquote(id))
  if (ids.length === 0) {
    throw badRequest(
      'ErrorInvalidUrlQuery',
      `The expand '${text}' is not supported; extended properties need a filter.`,
    )
  }
  const found = event.extendedProperties.filter(({ id }) => ids.some((other) => isSameProperty(id, other)))
  return found.length === 0 ? {} : { singleValueExtendedProperties: found }
}

const CLAUSE = /(\w+\/any\((?:[^'()]|'(?:[^']|'')*')*\)|[\w/]+ \w+ '(?:[^']|'')*')(?: and (?!$)|$)/giy
const PROPERTY_CLAUSE =
  /^singleValueExtendedProperties\/any\((\w+):\s*\1\/id eq '((?:[^']|'')+)' and \1\/value eq '((?:[^']|'')*)'\)$/i
const TEXT_CLAUSE = /^(iCalUId|subject) eq '(.*)'$/
const TIME_CLAUSE = /^(start|end)\/dateTime (eq|ne|lt|le|gt|ge) '(.*)'$/i
const COMPARISONS: Record<string, (one: number, other: number) => boolean> = {
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  lt: (one, other) => one < other,
  le: (one, other) => one <= other,
  gt: (one, other) => one > other,
  ge: (one, other) => one >= other,
}

type Test = (item: Item) => boolean

/** @returns a predicate for the events that match $filter, or for all events without one
 * @throws GraphRefusal for fields that Graph cannot filter by, such as transactionId */
export function readFilter(query: URLSearchParams): Test {
  const text = query.get('$filter')?.trim()
  if (text === undefined) return () => true
  const clauses = [...text.matchAll(CLAUSE)]
  const tests = clauses.map(([, clause = '']) => readClause(clause))
  const isRead = text !== '' && clauses.map(([whole]) => whole).join('') === text
  if (isRead && tests.every((test) => test !== undefined)) {
    return (item) => tests.every((test) => test(item))
  }
  throw badRequest('ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.')
}

function readClause(clause: string): Test | undefined {
  const [, , propertyId, value] = PROPERTY_CLAUSE.exec(clause) ?? []
  if (propertyId !== undefined) {
    const [wantedId, wanted] = [unquote(propertyId), unquote(value ?? '')]
    return ({ event }) =>
      event.extendedProperties.some((one) => isSameProperty(one.id, wantedId) && one.value === wanted)
  }
  const [, field, wanted] = TEXT_CLAUSE.exec(clause) ?? []
  if (field !== undefined) {
    return ({ event }) => event[field as 'iCalUId' | 'subject'] === unquote(wanted ?? '')
  }
  return readTimeClause(clause)
}

/** Graph takes times as text. Without an offset they are in UTC, even when another zone is preferred. */
function readTimeClause(clause: string): Test | undefined {
  const [, end = '', operator = '', time = ''] = TIME_CLAUSE.exec(clause) ?? []
  const compare = COMPARISONS[operator.toLowerCase()]
  if (compare === undefined) return undefined
  const instant = readInstant(time, '$filter').getTime()
  return (item) => compare(item[end.toLowerCase() as 'start' | 'end'].getTime(), instant)
}

interface Page {
  value: object[]
  '@odata.nextLink'?: string
}

/** @param options.url the absolute URL of the request, with its query
 * @param options.emptyPages inserts an empty page before every page but the first */
export function pageOf(
  shown: object[],
  options: { url: URL; defaultTop: number; emptyPages: boolean },
): Page {
  const { url, defaultTop, emptyPages } = options
  const query = url.searchParams
  const top = readNumber(query, '$top', defaultTop)
  if (top < 1 || top > 1000) throw badRequest('ErrorInvalidParameter', '$top must be between 1 and 1000.')
  const skip = readNumber(query, '$skip', 0)
  const gap = query.get('$gap') !== null
  if (emptyPages && skip > 0 && !gap)
    return { value: [], '@odata.nextLink': linkWith(url, { $skip: skip, $gap: 1 }) }
  const value = shown.slice(skip, skip + top)
  if (skip + top >= shown.length) return { value }
  return { value, '@odata.nextLink': linkWith(url, { $skip: skip + top }) }
}

function linkWith(url: URL, parameters: Record<string, number>): string {
  const next = new URL(url)
  next.searchParams.delete('$gap')
  for (const [name, value] of Object.entries(parameters)) next.searchParams.set(name, String(value))
  return next.href
}

function readNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === null) return fallback
  if (!/^\d+$/.test(text))
    throw badRequest('BadRequest', `Invalid value '${text}' for $${name} query option found.`)
  return Number(text)
}

const unquote = (text: string) => text.replaceAll("''", "'")

/** The GUID in an id is case-insensitive, the name is not. */
function isSameProperty(one: string, other: string): boolean {
  const normal = (id: string) => id.replace(/\{[^}]+\}/, (guid) => guid.toLowerCase())
  return normal(one) === normal(other)
}
