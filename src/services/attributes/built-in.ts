// The attributes that every workspace has. Their values are columns of people; nobody changes or removes them.
import { MAX_NAME_LENGTH } from '../input.ts'
import type { Attribute } from './attribute.ts'

export const MAX_PHONE_LENGTH = 40
export const MAX_CRM_STATUS_LENGTH = 100
export const MAX_COMPANY_NAME_LENGTH = 200
export const MAX_DOMAIN_LENGTH = 253

interface BuiltInAttribute extends Pick<Attribute, 'entity' | 'name' | 'type'> {
  label: string
  /** Of a TEXT, in characters; null: the type decides. */
  maxLength: number | null
}

export const BUILT_IN_ATTRIBUTES = [
  { entity: 'PERSON', name: 'email', label: 'E-mail address', type: 'EMAIL', maxLength: null },
  { entity: 'PERSON', name: 'firstName', label: 'First name', type: 'TEXT', maxLength: MAX_NAME_LENGTH },
  { entity: 'PERSON', name: 'lastName', label: 'Last name', type: 'TEXT', maxLength: MAX_NAME_LENGTH },
  { entity: 'PERSON', name: 'jobTitle', label: 'Job title', type: 'TEXT', maxLength: MAX_NAME_LENGTH },
  { entity: 'PERSON', name: 'phone', label: 'Phone', type: 'PHONE', maxLength: null },
  {
    entity: 'PERSON',
    name: 'crmStatus',
    label: 'CRM status',
    type: 'TEXT',
    maxLength: MAX_CRM_STATUS_LENGTH,
  },
  { entity: 'COMPANY', name: 'name', label: 'Company', type: 'TEXT', maxLength: MAX_COMPANY_NAME_LENGTH },
  { entity: 'COMPANY', name: 'domain', label: 'Domain', type: 'TEXT', maxLength: MAX_DOMAIN_LENGTH },
] as const satisfies BuiltInAttribute[]

const namesOf = (entity: Attribute['entity']) =>
  new Map<string, BuiltInAttribute>(
    BUILT_IN_ATTRIBUTES.filter((each) => each.entity === entity).map((each) => [each.name, each]),
  )

const BY_NAME = { PERSON: namesOf('PERSON'), COMPANY: namesOf('COMPANY') }

/** @returns the built-in attribute that this one is; undefined: staff defined it */
export function findBuiltIn({
  entity,
  name,
}: Pick<Attribute, 'entity' | 'name'>): BuiltInAttribute | undefined {
  return BY_NAME[entity].get(name)
}

/** Whether visitors and dialogues can say the value; the CRM's status is up to staff and the synchronisation. */
export function isSayable({ entity, name }: Pick<Attribute, 'entity' | 'name'>): boolean {
  return entity !== 'PERSON' || name !== 'crmStatus'
}
