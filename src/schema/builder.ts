// Sets up the schema builder; defines no types. Each file beside it defines one noun.
import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import ErrorsPlugin from '@pothos/plugin-errors'
import PrismaPlugin from '@pothos/plugin-prisma'
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import type PrismaTypes from '../database/generated/pothos-types.ts'
import { getDatamodel } from '../database/generated/pothos-types.ts'
import { ForbiddenError, InvalidInputError, UnauthenticatedError } from '../errors.ts'
import type { SchemaContext } from './context.ts'
import { readGlobalId } from './global-id.ts'
import { areVisibleNodes } from './node.ts'
import PageArgumentsPlugin from './page-arguments.ts'

export const DEFAULT_PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

/** Text as it came in; what it must look like is checked by the operation (services/input.ts). */
type TextScalar<Output> = { Input: string; Output: Output }

export const builder = new SchemaBuilder<{
  Context: SchemaContext
  PrismaTypes: PrismaTypes
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  DefaultNodeNullability: false
  AuthScopes: { staff: boolean }
  Scalars: {
    DateTime: TextScalar<Date>
    Date: TextScalar<string>
    LocalTime: TextScalar<number>
    LocalEndTime: TextScalar<number>
    TimeZone: TextScalar<string>
    EmailAddress: TextScalar<string>
    URL: TextScalar<string>
    EventCursor: TextScalar<string>
    JSONObject: { Input: Record<string, unknown>; Output: unknown }
  }
}>({
  plugins: [ScopeAuthPlugin, ErrorsPlugin, ComplexityPlugin, PageArgumentsPlugin, PrismaPlugin, RelayPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: (context) => ({ staff: context.viewer.kind === 'AGENT' }),
    unauthorizedError: (_parent, context) =>
      context.viewer.kind === 'ANONYMOUS'
        ? new UnauthenticatedError('Sign in first: send `Authorization: Bearer …` with a token.')
        : new ForbiddenError('Only agents and administrators may read this field.'),
  },
  errors: {
    directResult: true,
    defaultTypes: [InvalidInputError, ForbiddenError],
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName[0]?.toUpperCase()}${fieldName.slice(1)}Result`,
      description: 'What the mutation did, or why it did nothing.',
    },
  },
  complexity: {
    limit: (context) => ({ complexity: context.maxCost }),
    fieldComplexity: (args, _context, field) => ({ field: 1, multiplier: pageSizeOf(args, field) }),
    complexityError: (_kind, { complexity, maxComplexity }) =>
      new GraphQLError(
        `The operation costs ${complexity}, and may cost ${maxComplexity}. Ask for fewer things at once.`,
        { extensions: { code: 'QUERY_TOO_COSTLY', http: { status: 400 } } },
      ),
  },
  prisma: {
    client: (context) => context.database,
    dmmf: getDatamodel(),
    maxConnectionSize: MAX_PAGE_SIZE,
    defaultConnectionSize: DEFAULT_PAGE_SIZE,
    onUnusedQuery: null,
  },
  relay: {
    cursorType: 'String',
    // What is not a global id at all names nothing, like one that was made up.
    decodeGlobalID: (id) => readGlobalId(id) ?? { typename: '', id: '' },
    nodeTypeOptions: { description: 'Anything that can be read again by its id.' },
    nodeQueryOptions: {
      description: 'Reads one thing by its id; null when there is none, or none that the viewer may know of.',
      args: { id: { description: 'Global id.' } },
      resolve: async (_root, { id }, context, _info, resolveNode) => {
        const [isVisible] = await areVisibleNodes(context, [id])
        return isVisible ? resolveNode(id) : null
      },
    },
    nodesQueryOptions: {
      description: 'Reads several things by their ids, in the same order; at most 100.',
      args: { ids: { description: 'Global ids.' } },
      complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
      resolve: async (_root, { ids }, context, info) => {
        if (ids.length > MAX_PAGE_SIZE) {
          throw new InvalidInputError([{ path: ['ids'], message: `Must be at most ${MAX_PAGE_SIZE} ids.` }])
        }
        const visible = await areVisibleNodes(context, ids)
        return readNodes({ context, info, ids: ids.map((id, index) => (visible[index] ? id : null)) })
      },
    },
    pageInfoTypeOptions: {
      description: 'Where a page of a list begins and ends, and whether there is more.',
    },
    hasNextPageFieldOptions: { description: 'Whether there are more items after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are more items before this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first item; null on an empty page.' },
    endCursorFieldOptions: {
      description: 'Cursor of the last item, to go on with `after`; null on an empty page.',
    },
    firstArgOptions: {
      description: `How many items from the beginning, 1 to ${MAX_PAGE_SIZE}; ${DEFAULT_PAGE_SIZE} if left out.`,
    },
    lastArgOptions: { description: `How many items from the end, 1 to ${MAX_PAGE_SIZE}.` },
    afterArgOptions: { description: 'Only items after the one with this cursor.' },
    beforeArgOptions: { description: 'Only items before the one with this cursor.' },
    cursorFieldOptions: { description: 'The place of the item in the list, for `after` and `before`.' },
    idFieldOptions: { description: 'Global id.' },
    pageInfoFieldOptions: { description: 'Where the page begins and ends, and whether there is more.' },
    edgesFieldOptions: { description: 'The items of the page with their cursors.' },
    nodeFieldOptions: { description: 'The item.' },
    nodesOnConnection: { description: 'The items of the page.' },
    defaultConnectionTypeOptions: { description: 'A page of a list.' },
    defaultEdgeTypeOptions: { description: 'An item of a list and its cursor.' },
  },
})

/** Reads nodes by their ids. The function that Pothos hands to the resolver of `nodes` reads all that were asked for,
 * whatever it is given. */
function readNodes(nodes: {
  context: SchemaContext
  info: GraphQLResolveInfo
  ids: ({ typename: string; id: string } | null)[]
}): Promise<unknown[]> {
  return resolveNodes(builder, nodes.context, nodes.info, nodes.ids)
}

/** How many items a field asks for; clamped, so that a negative number cannot lower the sum. */
function pageSizeOf(args: Record<string, unknown>, field: { args: readonly { name: string }[] }): number {
  if (!field.args.some(({ name }) => name === 'first')) return 1
  const asked = args.first ?? args.last
  return typeof asked === 'number' ? Math.min(Math.max(asked, 1), MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE
}

builder.queryType({ description: 'Everything that can be read.' })
builder.mutationType({
  description: 'Everything that can be done. Each mutation is one thing a person does.',
})
