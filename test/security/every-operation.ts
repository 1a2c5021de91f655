// Generates, from the schema alone, a document for every query, mutation and subscription, which selects as much as
// possible and has values for all arguments. A new operation is thereby tested without further work.
import {
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { schema } from '../../src/schema/index.ts'
import { MAX_SELECTIONS } from '../../src/server/use-query-limits.ts'

export interface Operation {
  name: string
  /** The field that is set in a oneOf input, and in one within it: "free.agentId"; "" when there is no such input. */
  choice: string
  kind: 'query' | 'mutation' | 'subscription'
  document: string
  variables: Record<string, unknown>
}

/** Ids by the name of the argument or input field. */
export type Ids = Record<string, string>

const SELECTION_DEPTH = 3

const SAMPLES: Record<string, unknown> = {
  DateTime: '2026-03-05T10:00:00Z',
  Date: '2026-03-05',
  LocalTime: '09:00',
  LocalEndTime: '17:00',
  TimeZone: 'Europe/Berlin',
  EmailAddress: 'stranger@example.com',
  URL: 'https://example.com',
  JSONObject: {},
  String: 'Stranger',
  Boolean: true,
  Int: 10,
}

/** @param samples values that must be consistent, by the name of an argument or an input field, or by that of the input and
 * the field, for example `AnswerCardInput.text`; they take precedence over the general ones */
export function everyOperation(ids: Ids, samples: Record<string, unknown> = {}): Operation[] {
  return [
    ...operationsOf('query', schema.getQueryType(), { ids, samples }),
    ...operationsOf('mutation', schema.getMutationType(), { ids, samples }),
  ]
}

/** @param samples as for `everyOperation` */
export function everySubscription(ids: Ids, samples: Record<string, unknown> = {}): Operation[] {
  return operationsOf('subscription', schema.getSubscriptionType(), { ids, samples })
}

function operationsOf(
  kind: Operation['kind'],
  root: GraphQLObjectType | null | undefined,
  { ids, samples }: { ids: Ids; samples: Record<string, unknown> },
): Operation[] {
  return Object.values(root?.getFields() ?? {}).flatMap((field) => {
    const names = field.args.map(({ name }) => name)
    const declared = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ')
    const passed = names.map((name) => `${name}: $${name}`).join(', ')
    return choicesOf(field.args.map(({ type }) => type)).map((choice) => ({
      name: field.name,
      choice,
      kind,
      document: `${kind} ${declared && `(${declared})`} { ${field.name} ${passed && `(${passed})`} ${deepestSelectionOf(field.type)} }`,
      variables: Object.fromEntries(
        field.args.map(({ name, type }) => [name, valueFor({ name, type, choice, ids, samples })]),
      ),
    }))
  })
}

/** As deep as the limit of fields allows: an interface and a union have the fields of all their types. */
function deepestSelectionOf(type: GraphQLOutputType): string {
  for (let depth = SELECTION_DEPTH; ; depth--) {
    const selection = selectionOf(type, depth)
    const selected = selection.match(/__typename|\w+: \w+|\.{3}/g)?.length ?? 0
    if (selected < MAX_SELECTIONS || depth === 1) return selection
  }
}

/** The fields of oneOf inputs; an operation is generated for each of them. */
function choicesOf(types: GraphQLInputType[]): string[] {
  const choices = types.map(getNamedType).flatMap((type) => {
    if (!isInputObjectType(type)) return []
    const fields = Object.values(type.getFields())
    if (type.isOneOf) {
      return fields.flatMap(({ name, type: inner }) =>
        choicesOf([inner]).map((choice) => (choice === '' ? name : `${name}.${choice}`)),
      )
    }
    return choicesOf(fields.map((field) => field.type)).filter((choice) => choice !== '')
  })
  return choices.length > 0 ? choices : ['']
}

interface ValueRequest {
  name: string
  type: GraphQLInputType
  choice: string
  ids: Ids
  samples: Record<string, unknown>
}

function valueFor(request: ValueRequest): unknown {
  const { name, type, choice, ids, samples } = request
  if (isNonNullType(type)) return valueFor({ ...request, type: type.ofType })
  if (name in samples) return samples[name]
  if (isListType(type)) return [valueFor({ ...request, type: type.ofType, name: name.replace(/s$/, '') })]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const [chosen, ...rest] = choice.split('.')
    const within = type.isOneOf ? rest.join('.') : choice
    const used = type.isOneOf ? fields.filter(({ name: field }) => field === chosen) : fields
    // The chosen field of a oneOf input must not be null.
    const given = type.isOneOf ? withoutNulls(samples) : samples
    const valueIn = ({ name: field, type: inner }: GraphQLInputField) => {
      const ofField = given[`${type.name}.${field}`]
      if (ofField !== undefined) return ofField
      return valueFor({ ...request, name: field, type: inner, choice: within, samples: given })
    }
    return Object.fromEntries(used.map((field) => [field.name, valueIn(field)]))
  }
  return type.name === 'ID' ? (ids[name] ?? ids.id) : SAMPLES[type.name]
}

const withoutNulls = (samples: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(samples).filter(([, value]) => value !== null))

function selectionOf(type: GraphQLOutputType, depth: number): string {
  if (isNonNullType(type) || isListType(type)) return selectionOf(type.ofType, depth)
  if (isUnionType(type)) {
    const members = type.getTypes().map((member) => `... on ${member.name} ${aliased(member, depth)}`)
    return `{ __typename ${members.join(' ')} }`
  }
  if (isInterfaceType(type)) {
    const members = schema
      .getPossibleTypes(type)
      .map((member) => `... on ${member.name} ${aliased(member, depth)}`)
    return `{ __typename ${members.join(' ')} }`
  }
  return isObjectType(type) ? aliased(type, depth) : ''
}

/** The fields with aliases that contain their type, so that members of a union never conflict. */
function aliased(type: GraphQLOutputType, depth: number): string {
  if (!isObjectType(type)) return ''
  const fields = Object.values(type.getFields())
    .filter(({ args }) => !args.some(({ type: argument }) => isNonNullType(argument)))
    .map((field) => {
      if (isLeafType(getNamedType(field.type))) return `${type.name}_${field.name}: ${field.name}`
      if (depth <= 1) return ''
      const selection = selectionOf(field.type, depth - 1)
      return `${type.name}_${field.name}: ${field.name} ${selection}`
    })
  return `{ __typename ${fields.join(' ')} }`
}
