// The schema as clients get it, and what their caches need to know of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, introspectionFromSchema, isAbstractType, isObjectType } from 'graphql'

export const SCHEMA_FILE = join(import.meta.dirname, '../../schema.graphql')

export const sdl = readFileSync(SCHEMA_FILE, 'utf8')
export const schema = buildSchema(sdl)
export const introspection = introspectionFromSchema(schema)

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))

/** The members of each union and interface. */
export const possibleTypes = Object.fromEntries(
  types
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
)

export const typesWithoutId = types
  .filter(isObjectType)
  .filter((type) => !('id' in type.getFields()))
  .map(({ name }) => name)

/** The names of all mutations. */
export const mutationNames = Object.keys(schema.getMutationType()?.getFields() ?? {})
