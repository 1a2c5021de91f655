// Conditions on attributes (docs/semantics.md, section 10). The type of the attribute decides which operators and values
// fit, when a condition is saved; when it is evaluated, nothing is converted.
import type { Attribute } from './attribute.ts'

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
