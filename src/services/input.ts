// Validates input from clients. The API's scalars accept any text, so that a wrong value gives an InvalidInputError
// that names the field, instead of an error that refuses the whole request
// (docs/decisions/003-scalars-accept-any-text.md).
import { domainToASCII } from 'node:url'
import { DateTime } from 'luxon'
import { z } from 'zod'
import { type InputIssue, type InputIssueCode, InvalidInputError } from '../errors.ts'
import { properZoneName } from './zone-names.ts'
import { isTimeZone } from './zone-offsets.ts'

export const MAX_EMAIL_LENGTH = 254
export const MAX_URL_LENGTH = 2048
/** Of a person, an agent, a team or a workspace. */
export const MAX_NAME_LENGTH = 100
/** Of a key that a client makes up for a retry. */
export const MAX_KEY_LENGTH = 200
const FIRST_YEAR = 1970
const LAST_YEAR = 9998
const MINUTES_PER_DAY = 24 * 60

/** @param path the path of the value in the arguments: ["input"] for a mutation's input, [] for the arguments
 * themselves
 * @throws InvalidInputError with an issue for every invalid field */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: z.input<Schema>,
  path: string[] = ['input'],
): z.output<Schema> {
  const result = schema.safeParse(value, { error: sentenceOf })
  if (result.success) return result.data
  throw new InvalidInputError(
    result.error.issues.map((issue) => ({
      path: [...path, ...issue.path.map(String)],
      message: issue.message,
      ...meaningOf(issue),
    })),
  )
}

/** Reads one value that is not at a known place of the arguments.
 * @returns the value, or the first thing that is wrong with it */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { value: z.output<Schema> } | { fault: Omit<InputIssue, 'path'> } {
  const result = schema.safeParse(value, { error: sentenceOf })
  if (result.success) return { value: result.data }
  const [issue] = result.error.issues
  if (issue === undefined) throw new Error('A refusal has a reason.')
  return { fault: { message: issue.message, ...meaningOf(issue) } }
}

/** A fault for the checks of a schema: what is wrong, for programs and for people.
 * @param limit the bound that the value passes */
export function fault(code: InputIssueCode, message: string, limit?: number) {
  return { message, params: { code, limit } }
}

/** The meaning of a check of the schema: its own, or that of a `fault`. */
function meaningOf(issue: z.core.$ZodIssue): Pick<InputIssue, 'code' | 'limit'> {
  if (issue.code === 'custom') return { code: issue.params?.code ?? 'OTHER', limit: issue.params?.limit }
  if (issue.code === 'too_big')
    return { code: TOO_BIG[issue.origin] ?? 'OUT_OF_RANGE', limit: Number(issue.maximum) }
  if (issue.code !== 'too_small') return { code: 'INVALID_FORMAT' }
  const limit = Number(issue.minimum)
  if (issue.origin !== 'string') return { code: 'OUT_OF_RANGE', limit }
  return limit === 1 ? { code: 'REQUIRED' } : { code: 'TOO_SHORT', limit }
}

/** For checks without a sentence of their own: what JSON from a file can be wrong in, which GraphQL has not checked.
 * @returns undefined: the library's own */
function sentenceOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_value') return `Must be one of: ${issue.values.map(String).join(', ')}.`
  return issue.code === 'invalid_type' ? (MUST_BE[issue.expected] ?? 'Must be of another type.') : undefined
}

const MUST_BE: Record<string, string> = {
  string: 'Must be a text.',
  number: 'Must be a number.',
  int: 'Must be a whole number.',
  boolean: 'Must be true or false.',
  array: 'Must be a list.',
  object: 'Must be an object.',
  record: 'Must be an object.',
}

const TOO_BIG: Record<string, InputIssueCode> = { string: 'TOO_LONG', array: 'TOO_MANY' }

/** Matches control characters, of which Postgres cannot store NUL, and lone surrogates, which UTF-8 cannot encode. */
const NOT_IN_A_LINE = /[\p{Cc}\p{Cs}]/u
const NOT_IN_TEXT = /[^\P{Cc}\t\n\r]|\p{Cs}/u

const hasNoControlCharacters = (value: string) => !NOT_IN_A_LINE.test(value)
const NO_CONTROL_CHARACTERS = fault(
  'INVALID_FORMAT',
  'Must not contain line breaks or other control characters.',
)

/** A text that is kept or read as it is sent. */
export const printable = z.string().refine(hasNoControlCharacters, NO_CONTROL_CHARACTERS)

/** One line of human-readable text: trimmed, not empty, without control characters. */
export function line(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1, 'Must not be empty.')
    .max(maxLength, `Must be at most ${maxLength} characters.`)
    .refine(hasNoControlCharacters, NO_CONTROL_CHARACTERS)
}

/** Human-readable text of several lines. Tabs and line breaks are the only control characters allowed. */
export function text(maxLength: number) {
  return z
    .string()
    .trim()
    .max(maxLength, `Must be at most ${maxLength} characters.`)
    .refine(
      (value) => !NOT_IN_TEXT.test(value),
      fault('INVALID_FORMAT', 'Must not contain control characters.'),
    )
}

/** In lower case. A domain with letters beyond ASCII is kept as mail servers and calendars take it, in Punycode (RFC 3492):
 * so an address is one and the same, however it is typed. */
export const email = z
  .string()
  .trim()
  .transform(withAsciiDomain)
  .pipe(z.string().max(MAX_EMAIL_LENGTH, `Must be at most ${MAX_EMAIL_LENGTH} characters.`))
  .refine(
    (value) => z.email().safeParse(value).success,
    fault('INVALID_FORMAT', 'Must be an e-mail address, for example ada@example.com.'),
  )
  .transform((value) => value.toLowerCase())

export function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at + 1)}${toAsciiDomain(address.slice(at + 1))}`
}

/** @returns the domain as it is, if it is ASCII or none */
export function toAsciiDomain(domain: string): string {
  if (!/[^\0-\x7f]/.test(domain) || /[\s/?#:@[\]\\]/.test(domain)) return domain
  return domainToASCII(domain)
}

/** In its proper spelling. */
export const timeZone = z
  .string()
  .refine(isTimeZone, fault('UNKNOWN', 'Must be the IANA name of a time zone, for example Europe/Berlin.'))
  .transform(properZoneName)

export const webUrl = z
  .string()
  .max(MAX_URL_LENGTH, `Must be at most ${MAX_URL_LENGTH} characters.`)
  .refine(hasNoControlCharacters, NO_CONTROL_CHARACTERS)
  .refine(
    (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
    fault('INVALID_FORMAT', 'Must be an address that begins with https:// or http://.'),
  )

/** RFC 3339, section 5.6, in upper case. ISO 8601 has many more notations, some of which depend on today's date. */
const RFC_3339 =
  /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** An instant in RFC 3339, with an offset. */
export const instant = z.string().transform((value, check) => {
  const capitals = value.toUpperCase()
  const parsed = RFC_3339.test(capitals) ? DateTime.fromISO(capitals, { zone: 'utc' }) : null
  if (parsed?.isValid && parsed.year >= FIRST_YEAR && parsed.year <= LAST_YEAR) return parsed.toJSDate()
  check.addIssue({
    code: 'custom',
    ...fault(
      'INVALID_FORMAT',
      `Must be an instant of the years ${FIRST_YEAR} to ${LAST_YEAR} with an offset, for example 2026-12-01T09:00:00Z.`,
    ),
  })
  return z.NEVER
})

/** A date that exists in the calendar, as YYYY-MM-DD. */
export const localDate = z
  .string()
  .refine(
    (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && DateTime.fromISO(value, { zone: 'utc' }).isValid,
    fault('INVALID_FORMAT', 'Must be a date, for example 2026-12-24.'),
  )

/** Parses HH:mm, from 00:00 to 23:59, into minutes since the start of the day. */
export const localTime = minutesOfDay(0, MINUTES_PER_DAY - 1, 'Must be a time from 00:00 to 23:59.')
/** Does the same for the end of a block, from 00:01 to 24:00. */
export const localEndTime = minutesOfDay(1, MINUTES_PER_DAY, 'Must be a time from 00:01 to 24:00.')

function minutesOfDay(min: number, max: number, message: string) {
  return z.string().transform((value, check) => {
    const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(value) ?? []
    const total = Number(hours) * 60 + Number(minutes)
    if (total >= min && total <= max) return total
    check.addIssue({ code: 'custom', ...fault('INVALID_FORMAT', message) })
    return z.NEVER
  })
}

/** A text that is only compared, such as a key. It is kept unchanged. */
export function opaque(maxLength: number) {
  return z
    .string()
    .min(1, 'Must not be empty.')
    .max(maxLength, `Must be at most ${maxLength} characters.`)
    .refine(hasNoControlCharacters, NO_CONTROL_CHARACTERS)
}

export const idempotencyKey = opaque(MAX_KEY_LENGTH)
  .nullish()
  .transform((key) => key ?? null)

/** A whole number within bounds. */
export function integer(min: number, max: number) {
  return z
    .number()
    .int('Must be a whole number.')
    .min(min, `Must be at least ${min}.`)
    .max(max, `Must be at most ${max}.`)
}
