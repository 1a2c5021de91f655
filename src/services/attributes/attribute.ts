// Attributes of people and of their companies, and their values.
import type { AttributeEntity, AttributeType } from '../../database/generated/client/enums.ts'

export const MAX_ATTRIBUTE_NAME_LENGTH = 100

/** The pattern of names, valid in JavaScript and in Postgres: the names that tokens in texts can have. */
export const ATTRIBUTE_NAME = `[A-Za-z_][A-Za-z0-9_]{0,${MAX_ATTRIBUTE_NAME_LENGTH - 1}}`

/** A definition, as far as values and conditions depend on it. */
export interface Attribute {
  id: string
  entity: AttributeEntity
  /** As tokens name it, for example `industry`. */
  name: string
  type: AttributeType
  /** What a PICKLIST offers; empty for other types. */
  values: string[]
}

/** By type: a DATE is YYYY-MM-DD, a DATE_TIME an instant of RFC 3339 in UTC, a PHONE in E.164 where it could be read as a
 * number; INTEGER and NUMBER are numbers, BOOLEAN a boolean, the others texts. */
export type AttributeValue = string | number | boolean

/** Reads the value that somebody has; null if it is missing. */
export type ReadValue = (attribute: Attribute) => AttributeValue | null
