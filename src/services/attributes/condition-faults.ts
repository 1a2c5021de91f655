// What is refused of conditions when they are saved: attributes that do not exist, operators that do not fit the type of
// their attribute, and values that are not of it.
import type { AttributeType } from '../../database/generated/client/enums.ts'
import type { InputIssue } from '../../errors.ts'
import type { Attribute } from './attribute.ts'
import type { Condition, ConditionGroup, ConditionOperator } from './conditions.ts'
import { isMissing, parseValue, type ValueFault, type ValueSettings } from './values.ts'

export const MAX_CONDITION_VALUES = 100

export interface ConditionSettings extends ValueSettings {
  /** Those of the workspace, by id. */
  attributes: ReadonlyMap<string, Attribute>
}

/** What is left of a condition group to check once its shape is right (`conditionGroupInput`).
 * @returns what is wrong, with its path in the group, and the group with values as they are stored */
export function checkConditions(
  group: ConditionGroup<string>,
  settings: ConditionSettings,
): { faults: InputIssue[]; group: ConditionGroup<string> } {
  const conditions = group.conditions.map((condition) => checkCondition(condition, settings))
  const groups = group.groups.map((inner) => checkConditions(inner, settings))
  return {
    faults: [
      ...conditions.flatMap(({ faults }, index) => within(['conditions', String(index)], faults)),
      ...groups.flatMap(({ faults }, index) => within(['groups', String(index)], faults)),
    ],
    group: {
      match: group.match,
      conditions: conditions.map(({ condition }) => condition),
      groups: groups.map((checked) => checked.group),
    },
  }
}

/** @returns what `checkConditions` finds wrong */
export function findConditionFaults(
  group: ConditionGroup<string>,
  settings: ConditionSettings,
): InputIssue[] {
  return checkConditions(group, settings).faults
}

/** @returns the attributes that a group names, each once */
export function attributesIn<Of>({ conditions, groups }: ConditionGroup<Of>): Of[] {
  return [...new Set([...conditions.map(({ attribute }) => attribute), ...groups.flatMap(attributesIn)])]
}

/** @returns the same group with other attributes, for example definitions instead of ids */
export function mapAttributes<Of, To>(
  { match, conditions, groups }: ConditionGroup<Of>,
  map: (attribute: Of) => To,
): ConditionGroup<To> {
  return {
    match,
    conditions: conditions.map((condition) => ({ ...condition, attribute: map(condition.attribute) })),
    groups: groups.map((group) => mapAttributes(group, map)),
  }
}

/** @returns the operators for attributes of a type */
export function operatorsOf(type: AttributeType): readonly ConditionOperator[] {
  switch (type) {
    case 'TEXT':
    case 'EMAIL':
    case 'PHONE':
      return [...FOR_ALL, 'CONTAINS', 'STARTS_WITH']
    case 'INTEGER':
    case 'NUMBER':
    case 'DATE':
    case 'DATE_TIME':
      return [...FOR_ALL, 'GREATER_THAN', 'LESS_THAN']
    case 'BOOLEAN':
    case 'PICKLIST':
      return FOR_ALL
  }
}

const FOR_ALL: readonly ConditionOperator[] = ['IS', 'IS_NOT', 'IN', 'NOT_IN', 'IS_EMPTY', 'IS_NOT_EMPTY']

/** How many values a condition has, by its operator. */
export const VALUE_COUNTS: Record<ConditionOperator, { min: number; max: number }> = {
  IS: { min: 1, max: 1 },
  IS_NOT: { min: 1, max: 1 },
  IN: { min: 1, max: MAX_CONDITION_VALUES },
  NOT_IN: { min: 1, max: MAX_CONDITION_VALUES },
  IS_EMPTY: { min: 0, max: 0 },
  IS_NOT_EMPTY: { min: 0, max: 0 },
  CONTAINS: { min: 1, max: 1 },
  STARTS_WITH: { min: 1, max: 1 },
  GREATER_THAN: { min: 1, max: 1 },
  LESS_THAN: { min: 1, max: 1 },
}

interface CheckedCondition {
  faults: InputIssue[]
  condition: Condition<string>
}

function checkCondition(condition: Condition<string>, settings: ConditionSettings): CheckedCondition {
  const { operator, values } = condition
  const attribute = settings.attributes.get(condition.attribute)
  const refused = (issue: InputIssue): CheckedCondition => ({ faults: [issue], condition })
  if (attribute === undefined) {
    return refused({
      path: ['attributeId'],
      code: 'UNKNOWN',
      message: 'The workspace has no such attribute.',
    })
  }
  if (!operatorsOf(attribute.type).includes(operator)) {
    const message = `${operator} does not fit attributes of the type ${attribute.type}.`
    return refused({ path: ['operator'], code: 'NOT_ALLOWED', message })
  }
  const countFault = findCountFault(condition)
  if (countFault !== null) return refused({ path: ['values'], ...countFault })
  const read = values.map((value) => readValue(attribute, { operator, value, settings }))
  return {
    faults: read.flatMap((each, index) =>
      'fault' in each ? within(['values', String(index)], [{ path: [], ...each.fault }]) : [],
    ),
    condition: {
      ...condition,
      values: read.map((each, index) => ('fault' in each ? (values[index] ?? '') : each.value)),
    },
  }
}

function findCountFault({ operator, values }: Condition<string>): ValueFault | null {
  const { min, max } = VALUE_COUNTS[operator]
  if (values.length < min) return { code: 'REQUIRED', message: `${operator} needs a value.` }
  if (values.length <= max) return null
  const most = ['no value', 'one value'][max] ?? `${max} values`
  return { code: 'TOO_MANY', message: `${operator} takes ${max > 1 ? 'at most ' : ''}${most}.`, limit: max }
}

/** @returns the value as it is stored, as a text */
function readValue(
  attribute: Attribute,
  { operator, value, settings }: { operator: ConditionOperator; value: string; settings: ValueSettings },
): { value: string } | { fault: ValueFault } {
  if (operator === 'CONTAINS' || operator === 'STARTS_WITH') return readPart(attribute, value)
  const parsed = parseValue(attribute, value, settings)
  return 'fault' in parsed ? parsed : { value: String(parsed.value) }
}

/** A part of a value need not be a value itself. */
function readPart({ type }: Attribute, value: string): { value: string } | { fault: ValueFault } {
  const part = value.trim()
  if (isMissing(part)) return { fault: { code: 'REQUIRED', message: 'Must not be empty.' } }
  if (type === 'PHONE' && !(/^[\d\s+().-]*$/.test(part) && /\d/.test(part))) {
    return {
      fault: { code: 'INVALID_FORMAT', message: 'Must be a part of a phone number, for example +49.' },
    }
  }
  return { value: part }
}

function within(place: string[], faults: InputIssue[]): InputIssue[] {
  return faults.map((fault) => ({ ...fault, path: [...place, ...fault.path] }))
}
