// The fields of a person as clients send them. Only attributes have no fixed shape: the client decides it.
import { z } from 'zod'
import { MAX_COMPANY_NAME_LENGTH, MAX_DOMAIN_LENGTH, MAX_PHONE_LENGTH } from '../attributes/built-in.ts'
import { email, fault, line, MAX_NAME_LENGTH } from '../input.ts'

type Fault = ReturnType<typeof fault>

export const MAX_ATTRIBUTES_LENGTH = 10_000
export const MAX_ATTRIBUTES_DEPTH = 20

/** Any JSON that Postgres can store, which excludes NUL and unpaired surrogates. */
const attributes = z.record(z.string(), z.unknown()).superRefine((value, check) => {
  const found = depthFault(value, MAX_ATTRIBUTES_DEPTH) ?? textFault(JSON.stringify(value))
  if (found !== null) check.addIssue({ code: 'custom', ...found })
})

/** Stops at the maximum depth, because unbounded nesting would overflow the stack. */
function depthFault(value: unknown, levels: number): Fault | null {
  if (typeof value !== 'object' || value === null) return null
  if (levels === 0) {
    const message = `Must be nested at most ${MAX_ATTRIBUTES_DEPTH} levels deep.`
    return fault('OUT_OF_RANGE', message, MAX_ATTRIBUTES_DEPTH)
  }
  for (const inner of Object.values(value)) {
    const found = depthFault(inner, levels - 1)
    if (found !== null) return found
  }
  return null
}

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
