// The rules by which `npm run schema:changes` judges a schema.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { classChanges, deprecationFaults, isBreakingStep } from '../../scripts/schema-rules.ts'
import { schema } from '../../src/schema/index.ts'

const RELEASED = `type Query {
  agent(id: ID!, team: ID @deprecated(reason: "Use id. Removed after 2027-06-30.")): String
  staff: String @deprecated(reason: "Use agent. Removed after 2027-06-30.")
}
enum State { OPEN CLOSED @deprecated(reason: "Never used. Removed after 2027-06-30.") }
input Filter { state: State, open: Boolean @deprecated(reason: "Use state. Removed after 2027-06-30.") }`
const DEPRECATED = [' staff: String @dep', ' team: ID @dep', ' CLOSED @dep', ' open: Boolean @dep']

const classesOf = (present: string, today = '2027-06-30') =>
  classChanges({ released: buildSchema(RELEASED), present: buildSchema(present) }, { today })
/** The released schema without a deprecated element. */
const without = (start: string) => RELEASED.replace(new RegExp(`,?${start}[^"]*"[^"]*"\\)`), '')

describe('a change since the release is classed', () => {
  it('as breaking, dangerous or safe', async () => {
    expect(await classesOf(RELEASED)).toEqual({ BREAKING: [], DANGEROUS: [], SAFE: [] })
    const present = RELEASED.replace('id: ID!', 'id: Int!')
      .replace('enum State {', 'enum State { PAUSED')
      .replace('type Query {', 'type Query { team: String')
    expect(await classesOf(present)).toEqual({
      BREAKING: [expect.stringContaining("changed from 'ID!' to 'Int!'")],
      DANGEROUS: [expect.stringContaining("'PAUSED' was added")],
      SAFE: [expect.stringContaining("'team' was added")],
    })
  })

  it.each(DEPRECATED)(
    'as dangerous if it removes what was deprecated, after the date and no sooner:%s',
    async (start) => {
      const inTime = await classesOf(without(start), '2027-07-01')
      expect(inTime).toMatchObject({ BREAKING: [], DANGEROUS: [expect.any(String)] })
      const early = await classesOf(without(start))
      expect(early).toMatchObject({ BREAKING: [expect.any(String)], DANGEROUS: [] })
    },
  )
})

it.each([
  ['0.1.0', '0.2.0', true],
  ['0.1.0', '0.1.1', false],
  ['0.9.9', '1.0.0', true],
  ['1.2.0', '1.3.0', false],
  ['1.2.0', '2.0.0', true],
  ['0.2.0', '0.1.0', false],
  ['0.2.0', '0.10.0', true],
])('a version says whether clients may break: %s → %s: %s', (from, to, expected) => {
  expect(isBreakingStep(from, to)).toBe(expected)
})

it('a deprecation has a reason with a date, and is gone when the date is past', () => {
  const undated = RELEASED.replace('Never used. Removed after 2027-06-30.', 'Never used.')
  expect(deprecationFaults(buildSchema(RELEASED), '2027-06-30')).toEqual([])
  expect(deprecationFaults(buildSchema(undated), '2027-06-30')).toEqual([
    'State.CLOSED: "Never used." must end with "Removed after YYYY-MM-DD."',
  ])
  expect(deprecationFaults(buildSchema(RELEASED), '2027-07-01').map((fault) => fault.split(':')[0])).toEqual([
    'Query.staff',
    'Query.agent.team',
    'State.CLOSED',
    'Filter.open',
  ])
})

it('no deprecation of the present schema is without a date or past it', () => {
  expect(deprecationFaults(schema, new Date().toISOString().slice(0, 10))).toEqual([])
})

it('every release is kept as VERSION.graphql', () => {
  const names = readdirSync(join(import.meta.dirname, '../../releases'))
  expect(names.filter((name) => !/^\d+\.\d+\.\d+\.graphql$/.test(name))).toEqual([])
})
