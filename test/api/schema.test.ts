import {
  type GraphQLArgument,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'

interface Described {
  path: string
  description: string | null | undefined
}

function everything(): Described[] {
  return Object.values(schema.getTypeMap())
    .filter(
      ({ name }) => !name.startsWith('__') && !['String', 'Int', 'Float', 'Boolean', 'ID'].includes(name),
    )
    .flatMap((type) => {
      const of = ({ name, description }: { name: string; description?: string | null | undefined }) => ({
        path: `${type.name}.${name}`,
        description,
      })
      const self = { path: type.name, description: type.description }
      if (isEnumType(type)) return [self, ...type.getValues().map(of)]
      if (isInputObjectType(type)) return [self, ...Object.values(type.getFields()).map(of)]
      if (!isObjectType(type) && !isInterfaceType(type)) return [self]
      const fields = Object.values(type.getFields())
      const argument = (field: string) => (arg: GraphQLArgument) =>
        of({ ...arg, name: `${field}(${arg.name})` })
      return [self, ...fields.map(of), ...fields.flatMap(({ name, args }) => args.map(argument(name)))]
    })
}

describe('the schema', () => {
  it('describes every type, field, argument and enum value in full sentences', () => {
    const all = everything()
    expect(all.length).toBeGreaterThan(300)
    const lacking = all.filter(({ description }) => !description || !/[.?`!)]$/.test(description.trim()))
    expect(lacking.map(({ path }) => path)).toEqual([])
  })

  it('names the specification of every scalar of its own', () => {
    const scalars = Object.values(schema.getTypeMap())
      .filter(isScalarType)
      .filter((type) => !isSpecifiedScalarType(type))
    expect(scalars.length).toBeGreaterThan(5)
    const unspecified = scalars.filter(({ specifiedByURL }) => !specifiedByURL?.startsWith('https://'))
    expect(unspecified.map(({ name }) => name)).toEqual([])
  })

  it('says in the description of every mutation who may use it', () => {
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {})
    const silent = fields.filter(({ description }) => !/\b(Requires|Available)\b/.test(description ?? ''))
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  it('gives every mutation one input and a union of outcomes', () => {
    for (const { name, args, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const result = `${name[0]?.toUpperCase()}${name.slice(1)}Result!`
      expect(args.map((argument) => argument.name)).toEqual(['input'])
      expect(String(type)).toBe(result)
    }
  })

  it('has one connection type for each node, named after it, so that caches and clients share what they know of it', () => {
    const connections = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && 'pageInfo' in type.getFields(),
    ) as GraphQLObjectType[]
    expect(connections.length).toBeGreaterThan(4)
    for (const connection of connections) {
      const { nodes, edges, totalCount } = connection.getFields()
      const node = getNamedType(nodes?.type)
      expect([connection.name, String(edges?.type), String(totalCount?.type)]).toEqual([
        `${node}Connection`,
        `[${node}Edge!]!`,
        'Int',
      ])
    }
  })

  it('leads from what each mutation returns to all queries, so that caches stay true', () => {
    const leadsToQueries = (type: GraphQLObjectType) => 'query' in type.getFields()
    const lacking = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ type }) => {
      const result = getNamedType(type)
      const members = isUnionType(result) ? result.getTypes() : []
      const successes = members.filter((member) => !('message' in member.getFields()))
      const ways = (member: GraphQLObjectType) =>
        Object.values(member.getFields()).flatMap((field) => {
          const named = getNamedType(field.type)
          return isNonNullType(field.type) && isObjectType(named) ? [named] : []
        })
      return !successes.every((member) => leadsToQueries(member) || ways(member).some(leadsToQueries))
    })
    // It changes nothing that could be read.
    expect(lacking.map(({ name }) => name)).toEqual(['startCalendarConnection'])
  })

  it('answers each type of error in at least one mutation', () => {
    const error = schema.getType('Error')
    const errors = isInterfaceType(error) ? schema.getPossibleTypes(error) : []
    const answered = new Set(
      Object.values(schema.getTypeMap()).flatMap((type) => (isUnionType(type) ? type.getTypes() : [])),
    )
    expect(errors.length).toBeGreaterThan(4)
    expect(errors.filter((type) => !answered.has(type)).map(({ name }) => name)).toEqual([])
  })
})
