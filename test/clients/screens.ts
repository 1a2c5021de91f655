// The screens of the cache tests, and the operations with which a front end keeps them true.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  getNamedType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
} from 'graphql'
import { schema } from './schema.ts'

export type ScreenName = 'Settings' | 'Console' | 'Visitor'

const FOLDER = join(import.meta.dirname, 'operations')

const definitions = readdirSync(FOLDER).flatMap(
  (file) => parse(readFileSync(join(FOLDER, file), 'utf8')).definitions,
)
const operations = definitions.filter(
  (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
)
const fragments = definitions.filter(
  (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION,
)

/** @returns the query of a screen */
export function queryOf(screen: ScreenName): string {
  return complete(print(operationOf(screen)))
}

/** @returns a mutation that selects from its result what is on the screen: of the returned object, of the objects that it
 * leads to, and the lists */
export function mutationFor(screen: ScreenName, mutation: string): string {
  const field = schema.getMutationType()?.getFields()[mutation]
  const result = field && getNamedType(field.type)
  if (!isUnionType(result)) throw new Error(`There is no mutation ${mutation}.`)
  const members = result.getTypes().map((member) => `... on ${member.name} { ${wayBack(screen, member)} }`)
  const variables = ['$input: ', field?.args[0]?.type, ...declaredBy(screen)].join('')
  return complete(
    `mutation (${variables}) { result: ${mutation}(input: $input) { __typename ${members.join(' ')} } }`,
  )
}

function operationOf(screen: ScreenName): OperationDefinitionNode {
  const operation = operations.find(({ name }) => name?.value === `${screen}Screen`)
  if (operation === undefined) throw new Error(`There is no screen ${screen}.`)
  return operation
}

const declaredBy = (screen: ScreenName) =>
  (operationOf(screen).variableDefinitions ?? []).map((variable) => `, ${print(variable)}`)

/** The fields that lead from one type to the screen's fragments, each type once. */
function wayBack(screen: ScreenName, type: GraphQLNamedType, seen: string[] = []): string {
  if (!isObjectType(type) || seen.includes(type.name)) return ''
  const fragment = fragments.find(({ name }) => name.value === `${screen}${type.name}`)
  const links = ['agent', 'conversation', 'person', 'query'].flatMap((name) => {
    const field = type.name === 'Query' ? undefined : type.getFields()[name]
    const selection = field && wayBack(screen, getNamedType(field.type), [...seen, type.name])
    return selection ? [`${name} { ${selection} }`] : []
  })
  return [
    'message' in type.getFields() ? 'message' : '',
    fragment ? `...${fragment.name.value}` : '',
    ...links,
  ].join(' ')
}

/** Adds the fragments that an operation uses. */
function complete(operation: string): string {
  const parts = [operation]
  for (let index = 0; index < parts.length; index++) {
    for (const [, name] of parts[index]?.matchAll(/\.\.\.(\w+)/g) ?? []) {
      const fragment = fragments.find((each) => each.name.value === name)
      const definition = fragment && print(fragment)
      if (definition && !parts.includes(definition)) parts.push(definition)
    }
  }
  return parts.join('\n\n')
}
