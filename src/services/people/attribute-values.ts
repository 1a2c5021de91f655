// The values of attributes that a person has, or a visitor claims: the built-in ones are columns, the others are JSON.
import type { Attribute, AttributeValue } from '../attributes/attribute.ts'
import { findBuiltIn } from '../attributes/built-in.ts'
import { valueOfType } from '../attributes/values.ts'
import type { PersonInput } from './person-input.ts'

/** A person as stored, or what a visitor claims. */
export interface Described {
  email: string | null
  firstName: string | null
  lastName: string | null
  jobTitle: string | null
  phone: string | null
  companyName: string | null
  companyDomain: string | null
  /** No visitor claims it. */
  crmStatus?: string | null
  companyAttributes: unknown
  attributes: unknown
}

/** @returns the value of an attribute; null for none, and for one that is not of the attribute's type */
export function readValueOf(described: Described, { entity, name, type }: Attribute): AttributeValue | null {
  const column = columnOf({ entity, name })
  if (column !== null) return valueOfType(type, described[column])
  return valueOfType(type, Object(attributesOf(described, entity))[name])
}

/** Says that somebody has a value, in addition to the other attributes that it has.
 * @param present what is known so far: what is said of attributes replaces all that were said before
 * @returns what `identifyPerson` takes */
export function withValue(
  attribute: Attribute,
  { value, present }: { value: AttributeValue; present: Pick<Described, 'attributes' | 'companyAttributes'> },
): PersonInput {
  const { entity, name } = attribute
  if (findBuiltIn(attribute) !== undefined) {
    return entity === 'PERSON' ? { [name]: value } : { company: { [name]: value } }
  }
  const attributes = { ...Object(attributesOf(present, entity)), [name]: value }
  return entity === 'PERSON' ? { attributes } : { company: { attributes } }
}

function attributesOf(
  { attributes, companyAttributes }: Pick<Described, 'attributes' | 'companyAttributes'>,
  entity: Attribute['entity'],
): unknown {
  return entity === 'PERSON' ? attributes : companyAttributes
}

type Column = Exclude<keyof Described, 'attributes' | 'companyAttributes'>

const COMPANY_COLUMNS: Record<string, Column> = { name: 'companyName', domain: 'companyDomain' }

function columnOf(attribute: Pick<Attribute, 'entity' | 'name'>): Column | null {
  const builtIn = findBuiltIn(attribute)
  if (builtIn === undefined) return null
  return builtIn.entity === 'PERSON' ? (builtIn.name as Column) : (COMPANY_COLUMNS[builtIn.name] ?? null)
}
