// docs/semantics.md, section 10: which conditions are met.
import { describe, expect, it } from 'vitest'
import type { AttributeType } from '../../src/database/generated/client/enums.ts'
import type { Attribute, AttributeValue } from '../../src/services/attributes/attribute.ts'
import { attributesIn, mapAttributes } from '../../src/services/attributes/condition-faults.ts'
import {
  type Condition,
  type ConditionGroup,
  type ConditionOperator,
  evaluate,
} from '../../src/services/attributes/conditions.ts'
import { all, attributeOf } from './attributes.ts'

function isMet(
  type: AttributeType,
  operator: ConditionOperator,
  values: string[],
  value: AttributeValue | null,
) {
  return evaluate(all({ attribute: attributeOf(type), operator, values }), () => value)
}

describe('a condition', () => {
  it.each<[AttributeType, ConditionOperator, string[], AttributeValue | null, boolean]>([
    ['TEXT', 'IS', ['Pro'], 'Pro', true],
    ['TEXT', 'IS', ['PRO'], 'pro', true],
    ['TEXT', 'IS', ['Pro'], 'Pro plan', false],
    ['TEXT', 'IS', ['Caf\u00e9'], 'cafe\u0301', true],
    ['TEXT', 'IS', ['cafe'], 'café', false],
    ['TEXT', 'IS', ['STRASSE'], 'Straße', true],
    ['TEXT', 'IS', ['straße'], 'STRAẞE', true],
    ['TEXT', 'IS', ['ΟΔΟΣ'], 'οδος', true],
    ['TEXT', 'IS', ['\u212a'], 'k', true],
    ['TEXT', 'IS', ['10'], '10', true],
    ['TEXT', 'IS', ['10'], '10.0', false],
    ['TEXT', 'IS', ['10'], 10, false],
    ['TEXT', 'IS', [''], '', false],
    ['TEXT', 'IS', ['Pro'], null, false],
    ['TEXT', 'IS_NOT', ['Pro'], 'pro', false],
    ['TEXT', 'IS_NOT', ['Pro'], 'Basic', true],
    ['TEXT', 'IS_NOT', ['Pro'], null, true],
    ['TEXT', 'IS_NOT', ['Pro'], '', true],
    ['TEXT', 'IN', ['basic', 'pro'], 'Pro', true],
    ['TEXT', 'IN', ['basic', 'pro'], 'Free', false],
    ['TEXT', 'IN', ['basic', 'pro'], null, false],
    ['TEXT', 'NOT_IN', ['basic', 'pro'], 'PRO', false],
    ['TEXT', 'NOT_IN', ['basic', 'pro'], 'Free', true],
    ['TEXT', 'NOT_IN', ['basic', 'pro'], null, true],
    ['TEXT', 'IS_EMPTY', [], null, true],
    ['TEXT', 'IS_EMPTY', [], '', true],
    ['TEXT', 'IS_EMPTY', [], ' \t', true],
    ['TEXT', 'IS_EMPTY', [], '0', false],
    ['TEXT', 'IS_NOT_EMPTY', [], 'x', true],
    ['TEXT', 'IS_NOT_EMPTY', [], '', false],
    ['TEXT', 'IS_NOT_EMPTY', [], null, false],
    ['TEXT', 'CONTAINS', ['PURCHAS'], 'Head of purchasing', true],
    ['TEXT', 'CONTAINS', ['sale'], 'Head of purchasing', false],
    ['TEXT', 'CONTAINS', ['e\u0301'], 'CAF\u00c9', true],
    ['TEXT', 'CONTAINS', ['.*'], 'anything', false],
    ['TEXT', 'CONTAINS', ['%'], 'anything', false],
    ['TEXT', 'CONTAINS', ['x'], null, false],
    ['TEXT', 'STARTS_WITH', ['head'], 'Head of purchasing', true],
    ['TEXT', 'STARTS_WITH', ['of'], 'Head of purchasing', false],
    ['TEXT', 'STARTS_WITH', ['ΟΔΟΣ'], 'οδοσα', true],
    ['TEXT', 'STARTS_WITH', ['x'], null, false],
    ['TEXT', 'GREATER_THAN', ['1'], null, false],
    ['INTEGER', 'IS', ['250'], 250, true],
    ['INTEGER', 'IS', ['+250'], 250, true],
    ['INTEGER', 'IS', ['250'], '250', false],
    ['INTEGER', 'IS', ['0'], 0, true],
    ['INTEGER', 'IS_EMPTY', [], 0, false],
    ['INTEGER', 'IS_EMPTY', [], 'many', true],
    ['INTEGER', 'IS_NOT', ['250'], 251, true],
    ['INTEGER', 'IS_NOT', ['250'], null, true],
    ['INTEGER', 'IN', ['1', '2'], 2, true],
    ['INTEGER', 'NOT_IN', ['1', '2'], 2, false],
    ['INTEGER', 'GREATER_THAN', ['9'], 10, true],
    ['INTEGER', 'GREATER_THAN', ['9'], 9, false],
    ['INTEGER', 'GREATER_THAN', ['9'], '10', false],
    ['INTEGER', 'GREATER_THAN', ['-5'], 0, true],
    ['INTEGER', 'GREATER_THAN', ['9'], null, false],
    ['INTEGER', 'LESS_THAN', ['10'], 9, true],
    ['INTEGER', 'LESS_THAN', ['10'], 10, false],
    ['INTEGER', 'LESS_THAN', ['2'], null, false],
    ['NUMBER', 'IS', ['10.0'], 10, true],
    ['NUMBER', 'IS', ['1e3'], 1000, true],
    ['NUMBER', 'GREATER_THAN', ['2.5'], 10.25, true],
    ['NUMBER', 'LESS_THAN', ['-0.5'], -1, true],
    ['BOOLEAN', 'IS', ['true'], true, true],
    ['BOOLEAN', 'IS', ['true'], false, false],
    ['BOOLEAN', 'IS', ['false'], false, true],
    ['BOOLEAN', 'IS', ['false'], null, false],
    ['BOOLEAN', 'IS', ['true'], 'true', false],
    ['BOOLEAN', 'IS_NOT', ['true'], null, true],
    ['BOOLEAN', 'IS_EMPTY', [], false, false],
    ['DATE', 'IS', ['2026-12-24'], '2026-12-24', true],
    ['DATE', 'GREATER_THAN', ['2026-09-30'], '2026-10-01', true],
    ['DATE', 'GREATER_THAN', ['2026-10-01'], '2026-10-01', false],
    ['DATE', 'LESS_THAN', ['2026-10-01'], '1999-12-31', true],
    ['DATE', 'LESS_THAN', ['2026-10-01'], null, false],
    ['DATE_TIME', 'IS', ['2026-12-01T10:00:00+01:00'], '2026-12-01T09:00:00.000Z', true],
    ['DATE_TIME', 'GREATER_THAN', ['2026-12-01T10:00:00+01:00'], '2026-12-01T09:30:00.000Z', true],
    ['DATE_TIME', 'LESS_THAN', ['2026-12-01T10:00:00-05:00'], '2026-12-01T11:00:00.000Z', true],
    ['DATE_TIME', 'LESS_THAN', ['2026-12-01T10:00:00Z'], '2026-12-01T09:00:00-05:00', false],
    ['DATE_TIME', 'IN', ['2026-12-01T09:00:00Z'], null, false],
    ['EMAIL', 'IS', ['ada@münchen.de'], 'ada@xn--mnchen-3ya.de', true],
    ['EMAIL', 'IS', ['ADA@MÜNCHEN.DE'], 'ada@xn--mnchen-3ya.de', true],
    ['EMAIL', 'IS', ['ada@munchen.de'], 'ada@xn--mnchen-3ya.de', false],
    ['EMAIL', 'CONTAINS', ['@münchen.de'], 'ada@xn--mnchen-3ya.de', true],
    ['EMAIL', 'CONTAINS', ['münchen.de'], 'ada@xn--mnchen-3ya.de', true],
    ['EMAIL', 'CONTAINS', ['@Engines.example'], 'ada@engines.example', true],
    ['EMAIL', 'STARTS_WITH', ['ada@'], 'ada@engines.example', true],
    ['EMAIL', 'IS_EMPTY', [], null, true],
    ['PHONE', 'IS', ['+14165550123'], '+14165550123', true],
    ['PHONE', 'IS', ['+14165550123'], '+1 (416) 555-0123', true],
    ['PHONE', 'STARTS_WITH', ['+1 416'], '+14165550123', true],
    ['PHONE', 'STARTS_WITH', ['416'], '+14165550123', false],
    ['PHONE', 'CONTAINS', ['555-0123'], '+14165550123', true],
    ['PICKLIST', 'IS', ['Small'], 'small', true],
    ['PICKLIST', 'IN', ['Small', 'größer'], 'GRO\u0308SSER', true],
    ['PICKLIST', 'IS', ['10'], '10', true],
    ['PICKLIST', 'IS', ['10'], 10, false],
    ['PICKLIST', 'IS_NOT', ['Small'], 'gone from the list', true],
    ['PICKLIST', 'NOT_IN', ['Small'], null, true],
  ])('%s %s %j of %j is met: %j', (type, operator, values, value, expected) => {
    expect(isMet(type, operator, values, value)).toBe(expected)
  })

  it('reads the value of its own attribute', () => {
    const values = { TEXT: 'Pro', INTEGER: 250 }
    const read = ({ id }: Attribute) => values[id as keyof typeof values] ?? null
    const [plan, employees] = [attributeOf('TEXT'), attributeOf('INTEGER')]
    const isPro: Condition = { attribute: plan, operator: 'IS', values: ['pro'] }
    const isLarge: Condition = { attribute: employees, operator: 'GREATER_THAN', values: ['1000'] }
    expect(evaluate(all(isPro), read)).toBe(true)
    expect(evaluate(all(isPro, isLarge), read)).toBe(false)
    expect(evaluate({ match: 'ANY', conditions: [isLarge, isPro], groups: [] }, read)).toBe(true)
    const groups = [all(isPro), { match: 'ANY' as const, conditions: [isLarge], groups: [all(isPro)] }]
    expect(evaluate({ match: 'ALL', conditions: [], groups }, read)).toBe(true)
    expect(evaluate({ match: 'ALL', conditions: [isLarge], groups }, read)).toBe(false)
    expect(evaluate({ match: 'ANY', conditions: [isLarge], groups: [all(isLarge), all(isPro)] }, read)).toBe(
      true,
    )
  })
})

describe('a group', () => {
  it('without conditions is met by everybody if it asks for all, and by nobody if it asks for any', () => {
    const read = () => null
    expect(evaluate(all(), read)).toBe(true)
    expect(evaluate({ match: 'ANY', conditions: [], groups: [] }, read)).toBe(false)
    expect(evaluate({ match: 'ANY', conditions: [], groups: [all()] }, read)).toBe(true)
  })

  it('lists its attributes once each, and can have others in their place', () => {
    const first: Condition<string> = { attribute: 'TEXT', operator: 'IS', values: ['x'] }
    const second: Condition<string> = { attribute: 'DATE', operator: 'IS_EMPTY', values: [] }
    const group: ConditionGroup<string> = { match: 'ALL', conditions: [first], groups: [all(second, first)] }
    expect(attributesIn(group)).toEqual(['TEXT', 'DATE'])
    const defined = mapAttributes(group, (id) => attributeOf(id as AttributeType))
    expect(defined.groups[0]?.conditions[0]).toEqual({ ...second, attribute: attributeOf('DATE') })
    expect(attributesIn(defined).map(({ id }) => id)).toContain('DATE')
  })
})
