// Marks fields whose value belongs to one viewer. Viewers who see the same data otherwise share the answers of a
// subscription (server/live/event-groups.ts); those whose operation selects such a field do not.
import { type DocumentNode, type GraphQLSchema, isObjectType, visit } from 'graphql'

/** The extensions of a field whose value differs between viewers who see the same data. */
export const PERSONAL = { personal: true }

const namesOf = new WeakMap<GraphQLSchema, Set<string>>()

/** Compares names only: a field of another type with the same name counts too. */
export function selectsPersonalField(schema: GraphQLSchema, document: DocumentNode): boolean {
  const names = namesOf.get(schema) ?? personalNames(schema)
  namesOf.set(schema, names)
  let isSelected = false
  visit(document, {
    Field: ({ name }) => {
      isSelected ||= names.has(name.value)
    },
  })
  return isSelected
}

function personalNames(schema: GraphQLSchema): Set<string> {
  const fields = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => Object.values(type.getFields()))
  return new Set(fields.filter(({ extensions }) => extensions.personal === true).map(({ name }) => name))
}
