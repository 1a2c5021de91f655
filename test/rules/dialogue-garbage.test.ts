// Whatever is imported as a dialogue, it is parsed or refused with places in it.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InvalidInputError } from '../../src/errors.ts'
import { checkDialogue, dialogueFields } from '../../src/services/dialogues/editing/dialogue-input.ts'
import { referencesIn, toFile, toInput } from '../../src/services/dialogues/editing/portable.ts'
import { parseInput } from '../../src/services/input.ts'
import { allOf, branch, card, draft, question } from '../kit/drafts.ts'

const schema = dialogueFields.superRefine(checkDialogue)

const CONDITIONS = allOf({ attribute: 'person.plan', operator: 'IS', values: ['Small'] })
const FILE = toFile(
  {
    ...{ name: 'Welcome', description: null, kind: 'DIALOGUE', priority: 1 },
    draft: draft(
      [
        card('MESSAGE', { key: 'a', next: 'b' }),
        question('b', ['c', null], 'd'),
        card('CAPTURE', { key: 'c', attribute: 'person.email' }),
        {
          ...branch('d', ['a']),
          branches: [{ key: 'x', conditions: CONDITIONS, liveAgentAvailable: null, next: 'a' }],
        },
        card('MEETING', { key: 'e', agentNameTo: 'person.plan' }),
        card('LIVE_CHAT', { key: 'f', routing: { teamId: 'Sales' } }),
        card('GOAL', { key: 'g', score: 1 }),
        card('DOCUMENT', { key: 'h' }),
        card('ACTION', { key: 'i', attribute: 'company.industry' }),
        card('FLOW', { key: 'j', flowId: 'Questions' }),
      ],
      {
        audience: CONDITIONS,
        trigger: { timeOnPageSeconds: 1, timeOnSiteSeconds: null, scrollPercent: null },
      },
    ),
  },
  (_kind, id) => id,
)

/** @returns "parsed", or the places of the faults */
function parse(file: unknown): string {
  referencesIn(file)
  try {
    parseInput(schema, toInput(file, ({ name }) => name) as never)
    return 'parsed'
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    expect(error.issues.every(({ path, message }) => path[0] === 'input' && message !== '')).toBe(true)
    return error.issues.map(({ path }) => path.join('.')).join(' ')
  }
}

/** The paths of all values in a value. */
const pathsIn = (value: unknown): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [
        [key],
        ...pathsIn(inner).map((path) => [key, ...path]),
      ])
    : []

function replaceAt(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by
  const replaced = (inner: unknown, at: string) => (at === key ? replaceAt(inner, rest, by) : inner)
  if (Array.isArray(value)) return value.map((inner, index) => replaced(inner, String(index)))
  return Object.fromEntries(Object.entries(value as object).map(([at, inner]) => [at, replaced(inner, at)]))
}

it('a file is parsed as it is', () => {
  expect(parse(FILE)).toBe('parsed')
})

it('a file with anything else in one place is parsed or refused', () => {
  const garbage = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('', ' ', -1, 1e9, [null], { key: 'a' }),
  )
  const outcomes = { parsed: 0, refused: 0 }
  fc.assert(
    fc.property(fc.constantFrom(...pathsIn(FILE)), garbage, (path, by) => {
      outcomes[parse(replaceAt(FILE, path, by)) === 'parsed' ? 'parsed' : 'refused']++
    }),
    { numRuns: 2000 },
  )
  expect(outcomes.parsed).toBeGreaterThan(10)
  expect(outcomes.refused).toBeGreaterThan(500)
})

it('anything else is refused', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (file) => {
      expect(parse(file)).toContain('input')
    }),
  )
})
