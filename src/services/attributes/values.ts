// Reads values of attributes as they are written: by the type of the attribute, whose notation they must have. A value is
// stored in one notation only, so that equal ones are equal.
import { z } from 'zod'
import type { AttributeType } from '../../database/generated/client/enums.ts'
import type { InputIssue } from '../../errors.ts'
import { email, fault, instant, line, localDate, readInput, text } from '../input.ts'
import type { Attribute, AttributeValue } from './attribute.ts'
import { findBuiltIn, MAX_PHONE_LENGTH } from './built-in.ts'
import { foldText } from './fold-text.ts'
import { readPhone } from './phone.ts'

/** Of a TEXT that is not built in. */
export const MAX_TEXT_VALUE_LENGTH = 2000

export interface ValueSettings {
  /** Whose phone numbers need no country code (`Workspace.phoneCountry`); null: all need one. */
  phoneCountry: string | null
}

/** What is wrong with a value. Its place is up to the caller. */
export type ValueFault = Omit<InputIssue, 'path'>

export type ParsedValue =
  /** `warning` is a sentence for people about a value that is taken all the same. */
  { value: AttributeValue; warning: string | null } | { fault: ValueFault }

/** @param given a text in the notation of the type, or JSON of the type. A missing value (`isMissing`) is refused
 * @returns the value as it is stored, or what is wrong */
export function parseValue(attribute: Attribute, given: unknown, settings: ValueSettings): ParsedValue {
  if (attribute.type === 'PHONE') return parsePhone(given, settings)
  const read = readInput(schemaOf(attribute), given)
  return 'fault' in read ? read : { value: read.value, warning: null }
}

/** Whether somebody with this value has none. */
export function isMissing(value: unknown): value is null | undefined | '' {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
}

/** @returns the value, if it is one of the type; null for a missing one, and for JSON of another type */
export function valueOfType(type: AttributeType, stored: unknown): AttributeValue | null {
  if (isMissing(stored)) return null
  const isOfType = typeof stored === JSON_TYPE[type]
  return isOfType ? (stored as AttributeValue) : null
}

const JSON_TYPE: Record<AttributeType, 'string' | 'number' | 'boolean'> = {
  TEXT: 'string',
  INTEGER: 'number',
  NUMBER: 'number',
  BOOLEAN: 'boolean',
  DATE: 'string',
  DATE_TIME: 'string',
  EMAIL: 'string',
  PHONE: 'string',
  PICKLIST: 'string',
}

const trimmed = z.string('Must be a text.').trim().min(1, 'Must not be empty.')

const WHOLE = /^[+-]?\d+$/
const DECIMAL = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i

const wholeNumber = z
  .unknown()
  .transform((given) => toNumber(given, WHOLE))
  .refine(Number.isInteger, fault('INVALID_FORMAT', 'Must be a whole number, for example 250.'))
  .refine(
    Number.isSafeInteger,
    fault(
      'OUT_OF_RANGE',
      `Must be at most ${Number.MAX_SAFE_INTEGER}, and at least its negative.`,
      Number.MAX_SAFE_INTEGER,
    ),
  )

const decimalNumber = z
  .unknown()
  .transform((given) => toNumber(given, DECIMAL))
  .refine(Number.isFinite, fault('INVALID_FORMAT', 'Must be a number, for example 12.5.'))

/** @returns NaN for what is no number in the notation. -0 becomes 0 */
function toNumber(given: unknown, notation: RegExp): number {
  if (typeof given === 'number') return given + 0
  const written = typeof given === 'string' ? given.trim() : ''
  return notation.test(written) ? Number(written) + 0 : Number.NaN
}

const yesOrNo = z.unknown().transform((given, check) => {
  const written = typeof given === 'string' ? given.trim().toLowerCase() : given
  if (written === true || written === 'true') return true
  if (written === false || written === 'false') return false
  check.addIssue({ code: 'custom', ...fault('INVALID_FORMAT', 'Must be true or false.') })
  return z.NEVER
})

const picklist = ({ values }: Attribute) =>
  trimmed.transform((given, check) => {
    const key = foldText(given)
    const offered = values.find((value) => foldText(value) === key)
    if (offered !== undefined) return offered
    const message = 'Must be one of the values that the attribute offers.'
    check.addIssue({ code: 'custom', ...fault('UNKNOWN', message) })
    return z.NEVER
  })

function schemaOf(attribute: Attribute): z.ZodType<AttributeValue> {
  switch (attribute.type) {
    case 'TEXT': {
      const maxLength = findBuiltIn(attribute)?.maxLength
      return trimmed.pipe(maxLength ? line(maxLength) : text(MAX_TEXT_VALUE_LENGTH))
    }
    case 'INTEGER':
      return wholeNumber
    case 'NUMBER':
      return decimalNumber
    case 'BOOLEAN':
      return yesOrNo
    case 'DATE':
      return trimmed.pipe(localDate)
    case 'DATE_TIME':
      return trimmed.pipe(instant).transform((date) => date.toISOString())
    case 'EMAIL':
      return trimmed.pipe(email)
    case 'PICKLIST':
      return picklist(attribute)
    case 'PHONE':
      throw new Error('Phone numbers depend on the workspace.')
  }
}

function parsePhone(given: unknown, { phoneCountry }: ValueSettings): ParsedValue {
  const read = readInput(trimmed.pipe(line(MAX_PHONE_LENGTH)), given)
  if ('fault' in read) return read
  const found = readPhone(read.value, phoneCountry)
  if (found === null) {
    const message =
      'Must be a phone number and nothing else, with its country code, for example +49 30 901820.'
    return { fault: { code: 'INVALID_FORMAT', message } }
  }
  const warning = found.isValid ? null : 'No phone numbers like this one are known.'
  return { value: found.number, warning }
}
