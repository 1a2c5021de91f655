// The arguments of every connection: checks them before the operation is executed, and continues lists at the place of a
// cursor (page-cursor.ts). Prisma's own cursors are ids: they look up where the item stands now, which loses or repeats
// items when it has moved, and finds nothing when it is gone.
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import { type InputIssue, InvalidInputError } from '../errors.ts'
import type { SchemaContext } from './context.ts'
import { beyond, formatCursor, type Order, parseCursor } from './page-cursor.ts'

const NAME = 'pageArguments'

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      pageArguments: PageArgumentsPlugin<Types>
    }
  }
}

/** In items. */
export const DEFAULT_PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

type Arguments = Record<string, unknown>

type Count = (parent: { id: string }, args: Arguments, context: SchemaContext) => Promise<number>

/** What a connection field says about its list. */
interface ListExtensions {
  list: {
    order: (args: Arguments) => Order
    count?: Count
  }
}

/** Must be among the options of every connection field.
 * @param count for a list that Prisma reads with its parent, because Prisma would count only what is beyond the cursor:
 * counts the whole list */
export function listedBy<Args extends object>(order: (args: Args) => Order, count?: Count) {
  const list = { order: order as (args: Arguments) => Order, ...(count && { count }) }
  return { list } satisfies ListExtensions
}

/** Where the page begins, as the resolvers of a connection find it in their arguments. */
interface Position {
  side: 'AFTER' | 'BEFORE'
  condition: object
}

/** @returns a condition for Prisma: only items beyond the cursor that the arguments have */
export function fromCursor(args: object): object {
  return positionOf(args)?.condition ?? {}
}

const positionOf = (args: object): Position | undefined => (args as { position?: Position }).position

/** Pothos applies argument mappers wherever it reads the arguments: for the cost, for the query and for the resolver. */
class PageArgumentsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (!isConnection(field)) return field
    const { order } = listOf(field)
    return { ...field, argMappers: [...field.argMappers, (args: Arguments) => toPosition(args, order(args))] }
  }

  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (!isConnection(field)) return resolve
    const list = listOf(field)
    return async (parent, args, context, info) => {
      const page = (await resolve(parent, args, context, info)) as Page | null
      if (page === null) return null
      markPlaces(page, { order: list.order(args as Arguments), position: positionOf(args) })
      const { count } = list
      if (count && positionOf(args)) {
        page.totalCount = () => count(parent as { id: string }, args as Arguments, context as SchemaContext)
      }
      return page
    }
  }
}

SchemaBuilder.registerPlugin(NAME, PageArgumentsPlugin)
export default NAME
type Field = { args: object; extensions?: unknown }

const isConnection = ({ args }: Field): boolean => 'first' in args && 'after' in args

function listOf(field: Field & { parentType: string; name: string }): ListExtensions['list'] {
  const { list } = (field.extensions ?? {}) as Partial<ListExtensions>
  if (list === undefined) throw new Error(`${field.parentType}.${field.name} does not say how it is ordered.`)
  return list
}

/** @returns the arguments without cursors, with the position in place of them
 * @throws InvalidInputError with all faults */
function toPosition({ after, before, ...args }: Arguments, order: Order): Arguments {
  checkPageArguments({ ...args, after, before }, order)
  const cursor = after ?? before
  if (!isGiven(cursor)) return args
  const side = isGiven(after) ? 'AFTER' : 'BEFORE'
  const place = parseCursor(order, cursor) ?? {}
  const position: Position = { side, condition: beyond(order, { place, side }) }
  return side === 'AFTER'
    ? { ...args, position }
    : { ...args, last: args.last ?? DEFAULT_PAGE_SIZE, position }
}

interface Page {
  edges: ({ cursor: string; node: object } | null)[]
  pageInfo: {
    startCursor: string | null
    endCursor: string | null
    hasNextPage: boolean
    hasPreviousPage: boolean
  }
  totalCount?: unknown
}

/** Writes the cursors, and what the position says about the pages beside this one. */
function markPlaces(
  { edges, pageInfo }: Page,
  { order, position }: { order: Order; position: Position | undefined },
): void {
  for (const edge of edges) if (edge) edge.cursor = formatCursor(order, edge.node)
  pageInfo.startCursor = edges.at(0)?.cursor ?? null
  pageInfo.endCursor = edges.at(-1)?.cursor ?? null
  if (position?.side === 'AFTER') pageInfo.hasPreviousPage = true
  if (position?.side === 'BEFORE') pageInfo.hasNextPage = true
}

function checkPageArguments(values: Arguments, order: Order): void {
  const issues = [
    ...['first', 'last'].flatMap((name) => {
      const size = values[name]
      return typeof size === 'number' && size < 0
        ? issue(name, { code: 'OUT_OF_RANGE', message: 'Must not be negative.', limit: 0 })
        : []
    }),
    ...['after', 'before'].flatMap((name) =>
      isGiven(values[name]) && parseCursor(order, values[name]) === null
        ? issue(name, { code: 'INVALID_FORMAT', message: 'Must be a cursor of the list.' })
        : [],
    ),
    ...NOT_TOGETHER.flatMap(([name, other]) =>
      isGiven(values[name]) && isGiven(values[other])
        ? issue(name, { code: 'CONFLICTING', message: `Must not be given together with ${other}.` })
        : [],
    ),
  ]
  if (issues.length > 0) throw new InvalidInputError(issues)
}

const NOT_TOGETHER = [
  ['before', 'after'],
  ['before', 'first'],
  ['last', 'after'],
  ['last', 'first'],
] as const

function issue(name: string, fault: Omit<InputIssue, 'path'>): InputIssue {
  return { path: [name], ...fault }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
