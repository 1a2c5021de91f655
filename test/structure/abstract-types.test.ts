// A client can select every union and interface whole: all members with all their fields. The fields of two members that
// have one name must have one type, or GraphQL refuses the selection (and with it every client that generates one).
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  OverlappingFieldsCanBeMergedRule,
  parse,
  validate,
} from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'

/** Not Node: its members have only their id in common, and a client selects the one that it has the id of. A meeting always
 * has an agent, a conversation not yet, and each has states of its own: one type for these fields would say less. */
const abstractTypes = Object.values(schema.getTypeMap()).filter(
  (type) => isAbstractType(type) && type.name !== 'Node' && !type.name.startsWith('__'),
)

/** @returns all fields of a type with their leaves, for a selection set */
function fieldsOf(type: GraphQLNamedType, depth: number): string {
  if (isAbstractType(type)) {
    return schema
      .getPossibleTypes(type)
      .map((member) => `... on ${member.name} { ${fieldsOf(member, depth)} }`)
      .join(' ')
  }
  if (!isObjectType(type)) return ''
  const fields = Object.values(type.getFields()).flatMap(({ name, type: fieldType }) => {
    const named = getNamedType(fieldType)
    if (isLeafType(named)) return name
    return depth === 0 ? [] : `${name} { ${fieldsOf(named, depth - 1)} }`
  })
  return ['__typename', ...fields].join(' ')
}

it.each(abstractTypes.map(({ name }) => name))('%s can be selected whole', (name) => {
  const type = schema.getType(name) as GraphQLNamedType
  const document = parse(`fragment Whole on ${name} { __typename ${fieldsOf(type, 1)} }`)
  const conflicts = validate(schema, document, [OverlappingFieldsCanBeMergedRule])
  expect(conflicts.map(({ message }) => message)).toEqual([])
})

it('only objects that can be read again by their id have a field `id`', () => {
  const isNode = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Node')
  const others = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && type.getFields().id !== undefined && !isNode(type),
  )
  expect(others.map(({ name }) => name)).toEqual([])
})
