// How the schema may change from one release to the next, and what a deprecation must say. Pure: the schemas and the
// date are handed in.
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core'
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'

/** BREAKING: a client of the released schema may fail. DANGEROUS: it may act differently. SAFE: it notices nothing. */
export interface SchemaChanges {
  BREAKING: string[]
  DANGEROUS: string[]
  SAFE: string[]
}

const CLASSES: Record<CriticalityLevel, keyof SchemaChanges> = {
  [CriticalityLevel.Breaking]: 'BREAKING',
  [CriticalityLevel.Dangerous]: 'DANGEROUS',
  [CriticalityLevel.NonBreaking]: 'SAFE',
}

/** Classes every change since a release. What was announced by a deprecation whose date is past may go: that is dangerous,
 * not breaking.
 * @param options.today as YYYY-MM-DD */
export async function classChanges(
  schemas: { released: GraphQLSchema; present: GraphQLSchema },
  { today }: { today: string },
): Promise<SchemaChanges> {
  const { released, present } = schemas
  const announced = new Set(
    listDeprecations(released)
      .filter(({ removableAfter }) => removableAfter !== null && removableAfter < today)
      .map(({ path }) => path),
  )
  const isAnnounced = ({ type, path }: Change) => type.endsWith('_REMOVED') && announced.has(path ?? '')
  const changes: SchemaChanges = { BREAKING: [], DANGEROUS: [], SAFE: [] }
  for (const change of await diff(released, present)) {
    const kind = CLASSES[change.criticality.level]
    changes[kind === 'BREAKING' && isAnnounced(change) ? 'DANGEROUS' : kind].push(
      `${change.path}: ${change.message}`,
    )
  }
  return changes
}

/** Whether the step between two versions says that clients may break: 0.1.4 → 0.2.0, or 1.4.0 → 2.0.0. */
export function isBreakingStep(from: string, to: string): boolean {
  const [fromMajor = 0, fromMinor = 0] = from.split('.').map(Number)
  const [toMajor = 0, toMinor = 0] = to.split('.').map(Number)
  return toMajor > fromMajor || (toMajor === 0 && fromMajor === 0 && toMinor > fromMinor)
}

export interface Deprecation {
  /** For example `Agent.name`, `Query.agents.first` or `MeetingStatus.CANCELLED`. */
  path: string
  reason: string
  /** The date in the reason, as YYYY-MM-DD; null if it has none. */
  removableAfter: string | null
}

/** @returns what must be mended: a deprecation whose reason has no date, or whose date is past
 * @param today as YYYY-MM-DD */
export function deprecationFaults(schema: GraphQLSchema, today: string): string[] {
  return listDeprecations(schema).flatMap(({ path, reason, removableAfter }) => {
    if (removableAfter === null) return [`${path}: "${reason}" must end with "Removed after YYYY-MM-DD."`]
    return removableAfter < today
      ? [`${path}: must be removed, as announced for after ${removableAfter}.`]
      : []
  })
}

export function listDeprecations(schema: GraphQLSchema): Deprecation[] {
  return Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap(membersOf)
    .flatMap(({ path, reason }) => {
      if (typeof reason !== 'string') return []
      const [, date = null] = /\bRemoved after (\d{4}-\d{2}-\d{2})\.$/.exec(reason) ?? []
      return [{ path, reason, removableAfter: date }]
    })
}

type Member = { path: string; reason: string | null | undefined }

function membersOf(type: ReturnType<GraphQLSchema['getTypeMap']>[string]): Member[] {
  const member = (of: string) => (each: { name: string; deprecationReason?: string | null | undefined }) => ({
    path: `${of}.${each.name}`,
    reason: each.deprecationReason,
  })
  if (isEnumType(type)) return type.getValues().map(member(type.name))
  if (isInputObjectType(type)) return Object.values(type.getFields()).map(member(type.name))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  const fields = Object.values(type.getFields())
  return [
    ...fields.map(member(type.name)),
    ...fields.flatMap((field) => field.args.map(member(`${type.name}.${field.name}`))),
  ]
}
