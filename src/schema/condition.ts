// Conditions on attributes, as dialogues and their branches have them.

import { MAX_CONDITION_VALUES } from '../services/attributes/condition-faults.ts'
import {
  type ConditionGroupInput as GroupInput,
  MAX_CONDITION_DEPTH,
  MAX_CONDITIONS,
} from '../services/attributes/condition-input.ts'
import type { Condition, ConditionGroup, ConditionOperator } from '../services/attributes/conditions.ts'
import { MAX_TEXT_VALUE_LENGTH } from '../services/attributes/values.ts'
import { formatCount } from '../services/wording.ts'
import { AttributeRef } from './attribute.ts'
import { builder } from './builder.ts'
import { readGlobalId } from './global-id.ts'
import { STAFF_TYPE } from './texts.ts'

const MatchRef = builder.enumType('Match', {
  description: 'How many members of a group must be met.',
  values: {
    ALL: { description: 'All of them. A group without members is met.' },
    ANY: { description: 'At least one of them. A group without members is not met.' },
  },
})

const MISSING_MEETS = 'A missing value meets it.'

const ConditionOperatorRef = builder.enumType('ConditionOperator', {
  description:
    'How the value of an attribute is compared. Texts are compared without case. A missing value, which includes an empty text, meets IS_EMPTY, IS_NOT and NOT_IN only.',
  values: {
    IS: { description: 'It is the value.' },
    IS_NOT: { description: `It is another one than the value. ${MISSING_MEETS}` },
    IN: { description: 'It is one of the values.' },
    NOT_IN: { description: `It is none of the values. ${MISSING_MEETS}` },
    IS_EMPTY: { description: `There is none. ${MISSING_MEETS}` },
    IS_NOT_EMPTY: { description: 'There is one.' },
    CONTAINS: { description: 'The value is a part of it. For TEXT, EMAIL and PHONE.' },
    STARTS_WITH: { description: 'It begins with the value. For TEXT, EMAIL and PHONE.' },
    GREATER_THAN: {
      description: 'It is greater, or later, than the value. For INTEGER, NUMBER, DATE and DATE_TIME.',
    },
    LESS_THAN: {
      description: 'It is less, or earlier, than the value. For INTEGER, NUMBER, DATE and DATE_TIME.',
    },
  } satisfies Record<ConditionOperator, { description: string }>,
})

const VALUES = 'As texts in the notation of the type, for example `250` or `2026-12-24`.'

const ConditionRef = builder.objectRef<Condition<string>>('Condition').implement({
  description: `A condition on an attribute of a person or of its company. ${STAFF_TYPE}`,
  fields: (t) => ({
    attribute: t.prismaField({
      type: AttributeRef,
      description: 'Whose value is compared.',
      resolve: (query, { attribute: id }, _arguments, { database }) =>
        database.attribute.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    operator: t.field({
      type: ConditionOperatorRef,
      description: 'How it is compared.',
      resolve: ({ operator }) => operator,
    }),
    values: t.exposeStringList('values', {
      description: `With what it is compared, as it is stored. ${VALUES}`,
    }),
  }),
})

/** The attributes are ids. */
export const ConditionGroupRef = builder.objectRef<ConditionGroup<string>>('ConditionGroup')
ConditionGroupRef.implement({
  description: `Conditions, and groups of them, of which all or any must be met. ${STAFF_TYPE}`,
  fields: (t) => ({
    match: t.field({ type: MatchRef, description: 'How many must be met.', resolve: ({ match }) => match }),
    conditions: t.field({
      type: [ConditionRef],
      description: 'The conditions.',
      resolve: ({ conditions }) => conditions,
    }),
    groups: t.field({
      type: [ConditionGroupRef],
      description: `Groups inside of this one, at most ${MAX_CONDITION_DEPTH} deep with the outermost.`,
      resolve: ({ groups }) => groups,
    }),
  }),
})

const ConditionInput = builder.inputType('ConditionInput', {
  description:
    'A condition on an attribute. An operator or a value that does not fit the type of the attribute is refused.',
  fields: (t) => ({
    attributeId: t.id({ required: true, description: 'Whose value is compared.' }),
    operator: t.field({ type: ConditionOperatorRef, required: true, description: 'How it is compared.' }),
    values: t.stringList({
      description: `With what it is compared: none for IS_EMPTY and IS_NOT_EMPTY, up to ${MAX_CONDITION_VALUES} for IN and NOT_IN, and one for the others. ${VALUES} Each has at most ${formatCount(MAX_TEXT_VALUE_LENGTH)} characters.`,
    }),
  }),
})

const CONDITIONS = 'The conditions; none if omitted or null.'
const GROUPS = 'Groups inside of this one; none if omitted or null.'
const MATCH = 'How many must be met.'

// A type of each depth: values of a type that has itself as a field can be nested so deeply that GraphQL overflows.
const InnermostGroupInput = builder.inputType('InnermostConditionGroupInput', {
  description: 'Conditions of which all or any must be met.',
  fields: (t) => ({
    match: t.field({ type: MatchRef, required: true, description: MATCH }),
    conditions: t.field({ type: [ConditionInput], description: CONDITIONS }),
  }),
})

const InnerGroupInput = builder.inputType('InnerConditionGroupInput', {
  description: 'Conditions, and groups of them, of which all or any must be met.',
  fields: (t) => ({
    match: t.field({ type: MatchRef, required: true, description: MATCH }),
    conditions: t.field({ type: [ConditionInput], description: CONDITIONS }),
    groups: t.field({ type: [InnermostGroupInput], description: GROUPS }),
  }),
})

export const ConditionGroupInput = builder.inputType('ConditionGroupInput', {
  description: `Conditions, and groups of them, of which all or any must be met: at most ${MAX_CONDITIONS} conditions in all, in groups that are at most ${MAX_CONDITION_DEPTH} deep with this one.`,
  fields: (t) => ({
    match: t.field({ type: MatchRef, required: true, description: MATCH }),
    conditions: t.field({ type: [ConditionInput], description: CONDITIONS }),
    groups: t.field({ type: [InnerGroupInput], description: GROUPS }),
  }),
})

interface GivenGroup {
  match: 'ALL' | 'ANY'
  conditions?: (typeof ConditionInput.$inferInput)[] | null | undefined
  groups?: GivenGroup[] | null | undefined
}

/** @returns the group with the ids of attributes as the services know them. An id of something else becomes an empty text,
 * which is no attribute's: saving names the place */
export function toConditionGroup({ match, conditions, groups }: GivenGroup): GroupInput {
  return {
    match,
    conditions: conditions?.map((condition) => {
      const read = readGlobalId(condition.attributeId)
      return { ...condition, attributeId: read?.typename === 'Attribute' ? read.id : '' }
    }),
    groups: groups?.map(toConditionGroup),
  }
}
