// A workspace's attributes, one of each type, with the type as their id.
import type { AttributeType } from '../../src/database/generated/client/enums.ts'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import type { Condition, ConditionGroup } from '../../src/services/attributes/conditions.ts'

const NAMES: Record<AttributeType, string> = {
  TEXT: 'plan',
  INTEGER: 'employees',
  NUMBER: 'score',
  BOOLEAN: 'subscribed',
  DATE: 'birthday',
  DATE_TIME: 'signedUpAt',
  EMAIL: 'otherEmail',
  PHONE: 'otherPhone',
  PICKLIST: 'size',
}

export const attributeOf = (type: AttributeType): Attribute => ({
  id: type,
  entity: 'PERSON',
  name: NAMES[type],
  type,
  values: type === 'PICKLIST' ? ['Small', 'Größer', '10'] : [],
})

const types = Object.keys(NAMES) as AttributeType[]

export const SETTINGS = {
  attributes: new Map<string, Attribute>(types.map((type) => [type, attributeOf(type)])),
  phoneCountry: 'US',
}

export const all = <Of>(...conditions: Condition<Of>[]): ConditionGroup<Of> => ({
  match: 'ALL',
  conditions,
  groups: [],
})
