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

/** @param read a missing value, and one that is not of the attribute's type, meet IS_EMPTY, IS_NOT and NOT_IN only */
export function evaluate({ match, conditions, groups }: ConditionGroup, read: ReadValue): boolean {
  const isMet = (condition: Condition) => isConditionMet(condition, read(condition.attribute))
  const isGroupMet = (group: ConditionGroup) => evaluate(group, read)
  return match === 'ALL'
    ? conditions.every(isMet) && groups.every(isGroupMet)
    : conditions.some(isMet) || groups.some(isGroupMet)
}

const MET_BY_MISSING = new Set<ConditionOperator>(['IS_EMPTY', 'IS_NOT', 'NOT_IN'])

function isConditionMet(condition: Condition, given: AttributeValue | null): boolean {
  const { type } = condition.attribute
  const value = valueOfType(type, given)
  if (value === null) return MET_BY_MISSING.has(condition.operator)
  const key = toKey(type, value)
  const compare = (isRelated: (key: Key, other: Key) => boolean) =>
    keysOf(condition).some((other) => isRelated(key, other))
  switch (condition.operator) {
    case 'IS':
    case 'IN':
      return compare(isSame)
    case 'IS_NOT':
    case 'NOT_IN':
      return !compare(isSame)
    case 'IS_EMPTY':
      return false
    case 'IS_NOT_EMPTY':
      return true
    case 'CONTAINS':
      return compare((text, part) => String(text).includes(String(part)))
    case 'STARTS_WITH':
      return compare((text, part) => String(text).startsWith(String(part)))
    case 'GREATER_THAN':
      return compare((number, bound) => number > bound)
    case 'LESS_THAN':
      return compare((number, bound) => number < bound)
  }
}

/** What is compared of a value: two values of a type have keys of one type. */
type Key = string | number

const isSame = (key: Key, other: Key) => key === other

/** Those of the values of conditions, which are evaluated for every visitor again. */
const keys = new WeakMap<Condition, Key[]>()

function keysOf(condition: Condition): Key[] {
  const known = keys.get(condition)
  if (known !== undefined) return known
  const made = condition.values.map((value) => toKey(condition.attribute.type, value))
  keys.set(condition, made)
  return made
}

/** @param value of a person, or of a condition */
function toKey(type: AttributeType, value: AttributeValue): Key {
  switch (type) {
    case 'TEXT':
    case 'PICKLIST':
      return foldText(String(value))
    case 'EMAIL':
      return foldText(withAsciiDomain(String(value)))
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
