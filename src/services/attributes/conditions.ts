// Conditions on attributes (docs/semantics.md, section 10). The type of the attribute decides which operators and values
// fit, when a condition is saved; when it is evaluated, nothing is converted.
import type { AttributeType } from '../../database/generated/client/enums.ts'
import { withAsciiDomain } from '../input.ts'
import type { Attribute, AttributeValue, ReadValue } from './attribute.ts'
import { foldText } from './fold-text.ts'
import { valueOfType } from './values.ts'

export const CONDITION_OPERATORS = [
  'IS',
  'IS_NOT',
  'IN',
  'NOT_IN',
  'IS_EMPTY',
  'IS_NOT_EMPTY',
  'CONTAINS',
  'STARTS_WITH',
  'GREATER_THAN',
  'LESS_THAN',
] as const
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number]

/** The parts of a condition. In a draft, an attribute is an id; in a version, it is the definition. */
export interface Condition<Of = Attribute> {
  attribute: Of
  operator: ConditionOperator
  /** As texts, in the notation of the attribute's values. None for IS_EMPTY and IS_NOT_EMPTY. */
  values: string[]
}

/** An empty group that asks for ALL is met by everybody, one that asks for ANY by nobody. */
export interface ConditionGroup<Of = Attribute> {
  match: 'ALL' | 'ANY'
  conditions: Condition<Of>[]
  groups: ConditionGroup<Of>[]
}

/** @param read a missing value, and one that is not of the attribute's type, meet IS_EMPTY, IS_NOT and NOT_IN only. The same
 * function for many groups reads the same values: their texts are folded once */
export function evaluate(group: ConditionGroup, read: ReadValue): boolean {
  return isGroupMet(preparedOf(group), { read, fold: foldingOf(read) })
}

interface Visitor {
  read: ReadValue
  fold(text: string): string
}

function isGroupMet({ match, conditions, groups }: PreparedGroup, visitor: Visitor): boolean {
  return match === 'ALL'
    ? conditions.every((condition) => isConditionMet(condition, visitor)) &&
        groups.every((group) => isGroupMet(group, visitor))
    : conditions.some((condition) => isConditionMet(condition, visitor)) ||
        groups.some((group) => isGroupMet(group, visitor))
}

const MET_BY_MISSING = new Set<ConditionOperator>(['IS_EMPTY', 'IS_NOT', 'NOT_IN'])

function isConditionMet({ attribute, operator, keys }: PreparedCondition, { read, fold }: Visitor): boolean {
  const value = valueOfType(attribute.type, read(attribute))
  if (value === null) return MET_BY_MISSING.has(operator)
  const key = toKey(attribute.type, value, fold)
  switch (operator) {
    case 'IS':
    case 'IN':
      return keys.includes(key)
    case 'IS_NOT':
    case 'NOT_IN':
      return !keys.includes(key)
    case 'IS_EMPTY':
      return false
    case 'IS_NOT_EMPTY':
      return true
    case 'CONTAINS':
      return keys.some((part) => String(key).includes(String(part)))
    case 'STARTS_WITH':
      return keys.some((part) => String(key).startsWith(String(part)))
    case 'GREATER_THAN':
      return keys.some((bound) => key > bound)
    case 'LESS_THAN':
      return keys.some((bound) => key < bound)
  }
}

/** What is compared of a value: two values of a type have keys of one type. */
type Key = string | number

interface PreparedCondition extends Condition {
  /** Of its values. */
  keys: Key[]
}

interface PreparedGroup extends Pick<ConditionGroup, 'match'> {
  conditions: PreparedCondition[]
  groups: PreparedGroup[]
}

/** Groups are evaluated for every page view again. */
const prepared = new WeakMap<ConditionGroup, PreparedGroup>()

function preparedOf(group: ConditionGroup): PreparedGroup {
  const known = prepared.get(group)
  if (known !== undefined) return known
  const made = prepare(group)
  prepared.set(group, made)
  return made
}

const prepare = ({ match, conditions, groups }: ConditionGroup): PreparedGroup => ({
  match,
  conditions: conditions.map((condition) => ({
    ...condition,
    keys: condition.values.map((value) => toKey(condition.attribute.type, value, foldText)),
  })),
  groups: groups.map(prepare),
})

/** Many conditions ask for the same few values of a visitor. */
const foldings = new WeakMap<ReadValue, Visitor['fold']>()

function foldingOf(read: ReadValue): Visitor['fold'] {
  const known = foldings.get(read)
  if (known !== undefined) return known
  const folded = new Map<string, string>()
  const fold = (text: string) => {
    const key = folded.get(text) ?? foldText(text)
    folded.set(text, key)
    return key
  }
  foldings.set(read, fold)
  return fold
}

/** @param value of a person, or of a condition */
function toKey(type: AttributeType, value: AttributeValue, fold: Visitor['fold']): Key {
  switch (type) {
    case 'TEXT':
    case 'PICKLIST':
      return fold(String(value))
    case 'EMAIL':
      return fold(withAsciiDomain(String(value)))
    case 'PHONE':
      // Numbers that were stored as they were entered have spaces and brackets.
      return String(value).replace(/[^\d+]/g, '')
    case 'DATE':
      return String(value)
    case 'DATE_TIME':
      return Date.parse(String(value))
    case 'INTEGER':
    case 'NUMBER':
      return Number(value)
    case 'BOOLEAN':
      return String(value).toLowerCase()
  }
}
