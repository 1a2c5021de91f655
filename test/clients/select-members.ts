// Selects results whole, from the schema alone: a new type or field is thereby tested without further work.
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  parse,
  print,
} from 'graphql'
import { schema } from './schema.ts'

/** How deep the objects in a member are selected. */
const DEPTH = 2

/** An operation for a mutation that selects every member of its result with every field, in the name that Relay demands
 * of the file `NAME.ts`. */
export function everyMemberOf(mutation: string): string {
  const field = schema.getMutationType()?.getFields()[mutation]
  const [input] = field?.args ?? []
  if (field === undefined || input === undefined) throw new Error(`There is no mutation ${mutation}.`)
  const selection = selectionOf(getNamedType(field.type), DEPTH)
  return print(
    parse(`mutation ${mutation}Mutation($input: ${input.type}) { ${mutation}(input: $input) ${selection} }`),
  )
}

/** @returns '' for an object of which nothing can be selected */
function selectionOf(type: GraphQLNamedType, depth: number): string {
  if (isObjectType(type)) return braced(fieldsOf(type, depth))
  if (!isAbstractType(type)) return ''
  const members = schema.getPossibleTypes(type)
  return braced(members.map((member) => `... on ${member.name} ${selectionOf(member, depth)}`))
}

function fieldsOf(type: GraphQLObjectType, depth: number): string[] {
  return Object.values(type.getFields())
    .filter(({ args }) => !args.some(isRequiredArgument))
    .flatMap(({ name, type: fieldType }) => {
      const named = getNamedType(fieldType)
      if (isLeafType(named)) return [name]
      return depth > 1 ? [`${name} ${selectionOf(named, depth - 1)}`] : []
    })
}

const braced = (selections: string[]) => `{ __typename ${selections.join(' ')} }`
