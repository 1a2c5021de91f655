// The fields of a person as clients send them.
import { z } from 'zod'
import type { AttributeValue } from '../attributes/attribute.ts'
import { MAX_COMPANY_NAME_LENGTH, MAX_DOMAIN_LENGTH, MAX_PHONE_LENGTH } from '../attributes/built-in.ts'
import { email, fault, line, MAX_NAME_LENGTH } from '../input.ts'

type Fault = ReturnType<typeof fault>

export const MAX_ATTRIBUTES_LENGTH = 10_000

const value = z.unknown().transform((given, check): AttributeValue | null => {
  if (given === null || isScalar(given)) return given
  const message = 'Must be a text, a number or a boolean.'
  check.addIssue({ code: 'custom', ...fault('INVALID_FORMAT', message) })
  return z.NEVER
})

const isScalar = (given: unknown): given is AttributeValue =>
  ['string', 'number', 'boolean'].includes(typeof given)

/** By name. Whether the workspace has defined them, and what their types have to do with the values, is checked once they are
 * known (check-attributes.ts). Postgres can store neither NUL nor unpaired surrogates, in names too. */
const values = z.record(z.string(), value).superRefine((all, check) => {
  const found = textFault(JSON.stringify(all))
  if (found !== null) check.addIssue({ code: 'custom', ...found })
})

/** Records leave the name out that JSON can have and no attribute has. */
const attributes = z
  .custom<z.input<typeof values>>()
  .superRefine((given, check) => {
    if (typeof given !== 'object' || given === null || !Object.hasOwn(given, '__proto__')) return
    const message = 'The workspace has defined no such attribute.'
    check.addIssue({ code: 'custom', path: ['__proto__'], ...fault('UNKNOWN', message) })
  })
  .pipe(values)

/** @param json as JSON.stringify writes it: NUL and unpaired surrogates appear there as escapes */
function textFault(json: string): Fault | null {
  if (json.length > MAX_ATTRIBUTES_LENGTH) {
    const message = `Must be at most ${MAX_ATTRIBUTES_LENGTH} characters as JSON.`
    return fault('TOO_LONG', message, MAX_ATTRIBUTES_LENGTH)
  }
  const escaped = json.replaceAll('\\\\', '')
  return /\\u(?:0000|d[89a-f])/.test(escaped)
    ? fault('INVALID_FORMAT', 'Must not contain NUL or half of a surrogate pair.')
    : null
}

/** What a visitor says about itself, or an agent about a person. */
export const personInput = z.object({
  email: email.nullish(),
  firstName: line(MAX_NAME_LENGTH).nullish(),
  lastName: line(MAX_NAME_LENGTH).nullish(),
  jobTitle: line(MAX_NAME_LENGTH).nullish(),
  phone: line(MAX_PHONE_LENGTH).nullish(),
  company: z
    .object({
      name: line(MAX_COMPANY_NAME_LENGTH).nullish(),
      domain: line(MAX_DOMAIN_LENGTH).nullish(),
      attributes: attributes.nullish(),
    })
    .nullish(),
  attributes: attributes.nullish(),
})

export type PersonInput = z.output<typeof personInput>
