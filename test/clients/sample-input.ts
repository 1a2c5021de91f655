// Makes up an input for any mutation, from the schema alone.
import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import { schema } from './schema.ts'

const SAMPLES: Record<string, unknown> = {
  Boolean: true,
  Date: '2026-03-05',
  DateTime: '2026-03-05T10:00:00Z',
  EmailAddress: 'grace@example.com',
  ID: 'unknown',
  Int: 1,
  JSONObject: {},
  LocalEndTime: '17:00',
  LocalTime: '09:00',
  String: 'sample',
  TimeZone: 'Europe/Berlin',
  URL: 'https://example.com',
}

/** @returns an input with the required fields only, and with the first one of an either-or input */
export function sampleInput(mutation: string): unknown {
  const [input] = schema.getMutationType()?.getFields()[mutation]?.args ?? []
  return input && valueFor(input.type)
}

function valueFor(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return valueFor(type.ofType)
  if (isListType(type)) return []
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (!isInputObjectType(type)) return SAMPLES[type.name]
  const fields = Object.values(type.getFields())
  const given = type.isOneOf ? fields.slice(0, 1) : fields.filter((field) => isNonNullType(field.type))
  return Object.fromEntries(given.map((field) => [field.name, valueFor(field.type)]))
}
