// docs/semantics.md, section 10: which conditions are refused when they are saved.
import { describe, expect, it } from 'vitest'
import { InvalidInputError } from '../../src/errors.ts'
import { checkConditions, findConditionFaults } from '../../src/services/attributes/condition-faults.ts'
import { conditionGroupInput } from '../../src/services/attributes/condition-input.ts'
import type { Condition, ConditionOperator } from '../../src/services/attributes/conditions.ts'
import { parseInput } from '../../src/services/input.ts'
import { all, SETTINGS } from './attributes.ts'

describe('saving a condition', () => {
  const check = (attribute: string, operator: ConditionOperator, values: string[]) =>
    checkConditions(all({ attribute, operator, values }), SETTINGS)

  it.each<[string, ConditionOperator, string[], string, string]>([
    ['unknown', 'IS', ['x'], 'attributeId', 'UNKNOWN'],
    ['TEXT', 'GREATER_THAN', ['1'], 'operator', 'NOT_ALLOWED'],
    ['INTEGER', 'CONTAINS', ['1'], 'operator', 'NOT_ALLOWED'],
    ['BOOLEAN', 'LESS_THAN', ['true'], 'operator', 'NOT_ALLOWED'],
    ['PICKLIST', 'STARTS_WITH', ['S'], 'operator', 'NOT_ALLOWED'],
    ['DATE', 'CONTAINS', ['2026'], 'operator', 'NOT_ALLOWED'],
    ['EMAIL', 'LESS_THAN', ['a@b.example'], 'operator', 'NOT_ALLOWED'],
    ['TEXT', 'IS', [], 'values', 'REQUIRED'],
    ['TEXT', 'IN', [], 'values', 'REQUIRED'],
    ['TEXT', 'IS', ['a', 'b'], 'values', 'TOO_MANY'],
    ['TEXT', 'CONTAINS', ['a', 'b'], 'values', 'TOO_MANY'],
    ['TEXT', 'IS_EMPTY', ['a'], 'values', 'TOO_MANY'],
    ['TEXT', 'IN', Array(101).fill('a'), 'values', 'TOO_MANY'],
    ['TEXT', 'IS', [' '], 'values.0', 'REQUIRED'],
    ['TEXT', 'CONTAINS', [''], 'values.0', 'REQUIRED'],
    ['TEXT', 'IS', ['x'.repeat(2001)], 'values.0', 'TOO_LONG'],
    ['INTEGER', 'IS', ['ten'], 'values.0', 'INVALID_FORMAT'],
    ['INTEGER', 'IS', ['10.5'], 'values.0', 'INVALID_FORMAT'],
    ['INTEGER', 'IN', ['1', '9007199254740993'], 'values.1', 'OUT_OF_RANGE'],
    ['NUMBER', 'GREATER_THAN', ['1,5'], 'values.0', 'INVALID_FORMAT'],
    ['NUMBER', 'GREATER_THAN', ['0x10'], 'values.0', 'INVALID_FORMAT'],
    ['NUMBER', 'GREATER_THAN', ['Infinity'], 'values.0', 'INVALID_FORMAT'],
    ['BOOLEAN', 'IS', ['yes'], 'values.0', 'INVALID_FORMAT'],
    ['DATE', 'IS', ['2026-02-30'], 'values.0', 'INVALID_FORMAT'],
    ['DATE', 'IS', ['24.12.2026'], 'values.0', 'INVALID_FORMAT'],
    ['DATE_TIME', 'IS', ['2026-12-24T10:00:00'], 'values.0', 'INVALID_FORMAT'],
    ['EMAIL', 'IS', ['@engines.example'], 'values.0', 'INVALID_FORMAT'],
    ['PHONE', 'IS', ['call me'], 'values.0', 'INVALID_FORMAT'],
    ['PHONE', 'STARTS_WITH', ['+'], 'values.0', 'INVALID_FORMAT'],
    ['PHONE', 'CONTAINS', ['abc'], 'values.0', 'INVALID_FORMAT'],
    ['PICKLIST', 'IS', ['Huge'], 'values.0', 'UNKNOWN'],
  ])('refuses %s %s %j at %s as %s', (attribute, operator, values, path, code) => {
    const { faults } = check(attribute, operator, values)
    expect(faults).toMatchObject([{ path: ['conditions', '0', ...path.split('.')], code }])
    expect(faults[0]?.message).toMatch(/\.$/)
  })

  it.each<[string, ConditionOperator, string[], string[]]>([
    ['TEXT', 'IS', [' Pro '], ['Pro']],
    ['TEXT', 'IS_EMPTY', [], []],
    ['INTEGER', 'IN', ['007', '-0'], ['7', '0']],
    ['NUMBER', 'LESS_THAN', ['1E3'], ['1000']],
    ['BOOLEAN', 'IS', ['TRUE'], ['true']],
    ['DATE', 'GREATER_THAN', ['2028-02-29'], ['2028-02-29']],
    ['DATE_TIME', 'IS', ['2026-12-01t10:00:00+01:00'], ['2026-12-01T09:00:00.000Z']],
    ['EMAIL', 'IS', ['A+B@München.de'], ['a+b@xn--mnchen-3ya.de']],
    ['EMAIL', 'CONTAINS', ['@engines.example'], ['@engines.example']],
    ['PHONE', 'IS', ['(416) 555-0123'], ['+14165550123']],
    ['PHONE', 'STARTS_WITH', ['+49 (30)'], ['+49 (30)']],
    ['PICKLIST', 'IN', ['small', 'GRÖSSER'], ['Small', 'Größer']],
  ])('stores %s %s %j as %j', (attribute, operator, values, stored) => {
    const { faults, group } = check(attribute, operator, values)
    expect(faults).toEqual([])
    expect(group.conditions[0]?.values).toEqual(stored)
    expect(checkConditions(group, SETTINGS).group).toEqual(group)
  })

  it('names every fault with its place in the groups', () => {
    const wrong: Condition<string> = {
      attribute: 'DATE',
      operator: 'IN',
      values: ['2026-01-01', 'soon', 'never'],
    }
    const right: Condition<string> = { attribute: 'TEXT', operator: 'IS', values: ['x'] }
    const group = { ...all(right), groups: [all(right), { ...all(right), groups: [all(right, wrong)] }] }
    expect(findConditionFaults(group, SETTINGS).map(({ path }) => path.join('.'))).toEqual([
      'groups.1.groups.0.conditions.1.values.1',
      'groups.1.groups.0.conditions.1.values.2',
    ])
  })

  it('needs the country code of a phone number where the workspace has no country', () => {
    const group = all<string>({ attribute: 'PHONE', operator: 'IS', values: ['(416) 555-0123'] })
    expect(findConditionFaults(group, { ...SETTINGS, phoneCountry: null })).toHaveLength(1)
  })
})

describe('conditions as clients send them', () => {
  const parse = (raw: unknown) => parseInput(conditionGroupInput, raw as never, ['input', 'audience'])
  const nested = (depth: number): object => ({ match: 'ALL', groups: depth === 1 ? [] : [nested(depth - 1)] })
  const conditions = (count: number) => Array(count).fill({ attributeId: 'TEXT', operator: 'IS_EMPTY' })

  it('may leave out what they do not have', () => {
    expect(parse({ match: 'ALL' })).toEqual(all())
    expect(
      parse({ match: 'ANY', conditions: conditions(1), groups: [{ match: 'ALL', conditions: null }] }),
    ).toEqual({
      match: 'ANY',
      conditions: [{ attribute: 'TEXT', operator: 'IS_EMPTY', values: [] }],
      groups: [all()],
    })
  })

  it.each<[string, unknown, string, string, number | undefined]>([
    ['51 conditions', { match: 'ALL', conditions: conditions(51) }, '', 'TOO_MANY', 50],
    [
      '51 conditions in several groups',
      { match: 'ALL', conditions: conditions(25), groups: [{ match: 'ANY', conditions: conditions(26) }] },
      '',
      'TOO_MANY',
      50,
    ],
    ['four groups deep', nested(4), 'groups.0.groups.0.groups', 'TOO_MANY', 3],
    ['thousands of groups deep', nested(3000), 'groups.0.groups.0.groups', 'TOO_MANY', 3],
    [
      '101 values',
      { match: 'ALL', conditions: [{ attributeId: 'a', operator: 'IN', values: Array(101).fill('x') }] },
      'conditions.0.values',
      'TOO_MANY',
      100,
    ],
    [
      'a control character',
      { match: 'ALL', conditions: [{ attributeId: 'a', operator: 'IN', values: ['a', '\0'] }] },
      'conditions.0.values.1',
      'INVALID_FORMAT',
      undefined,
    ],
  ])('are refused with %s', (_what, raw, path, code, limit) => {
    const issues = issuesOf(() => parse(raw))
    const place = ['input', 'audience', ...(path === '' ? [] : path.split('.'))]
    expect(issues).toMatchObject([{ path: place, code }])
    expect(issues[0]?.limit).toBe(limit)
  })

  it('may have 50 conditions in groups of three levels', () => {
    const inner = { match: 'ANY', groups: [{ match: 'ALL', conditions: conditions(25) }] }
    expect(parse({ match: 'ALL', conditions: conditions(25), groups: [inner] }).conditions).toHaveLength(25)
  })
})

function issuesOf(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (error instanceof InvalidInputError) return error.issues
    throw error
  }
  return []
}
