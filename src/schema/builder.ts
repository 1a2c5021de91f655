// Sets up the schema builder. The types are defined in the files beside it, each by its noun.
import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import ErrorsPlugin from '@pothos/plugin-errors'
import PrismaPlugin from '@pothos/plugin-prisma'
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import type PrismaTypes from '../database/generated/pothos-types.ts'
import { getDatamodel } from '../database/generated/pothos-types.ts'
import { ForbiddenError, InvalidInputError, TokenRequiredError } from '../errors.ts'
import type { Cost, SchemaContext } from './context.ts'
import { readGlobalId } from './global-id.ts'
import MissingIdsPlugin from './missing-ids.ts'
import { findVisibleNodes } from './node.ts'
import PageArgumentsPlugin, { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './page-arguments.ts'
import SeenPersonPlugin from './seen-person.ts'
import StaffFieldsPlugin from './staff-fields.ts'
import { GLOBAL_ID } from './texts.ts'

/** An input is any text; the operation checks its format (services/input.ts). */
type TextScalar<Output> = { Input: string; Output: Output }

export const builder = new SchemaBuilder<{
  Context: SchemaContext
  PrismaTypes: PrismaTypes
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  DefaultNodeNullability: false
  /** A number, or a function that counts. */
  Connection: { totalCount?: number | (() => number | Promise<number>) }
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
  plugins: [
    ScopeAuthPlugin,
    StaffFieldsPlugin,
    ErrorsPlugin,
    MissingIdsPlugin,
    ComplexityPlugin,
    PageArgumentsPlugin,
    PrismaPlugin,
    RelayPlugin,
    // The last one: it shows other fields of an object that the plugins before have loaded.
    SeenPersonPlugin,
  ],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: (context) => ({ staff: context.viewer.kind === 'AGENT' }),
    unauthorizedError: (_parent, context) =>
      context.viewer.kind === 'ANONYMOUS'
        ? new TokenRequiredError()
        : new ForbiddenError('Only staff can read this field.'),
  },
  errors: {
    directResult: true,
    defaultTypes: [InvalidInputError, ForbiddenError],
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName[0]?.toUpperCase()}${fieldName.slice(1)}Result`,
      description: 'The result of the mutation, or the reason why it changed nothing.',
    },
  },
  complexity: {
    limit: (context) => ({ complexity: context.maxCost }),
    fieldComplexity: (args, _context, field) => ({ field: 1, multiplier: pageSizeOf(args, field) }),
    complexityError: (_kind, { complexity, maxComplexity = 0 }) =>
      costError({ requested: complexity, maximum: maxComplexity }),
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
    // A text that is not a global id names no object, like an unknown id.
    decodeGlobalID: (id) => readGlobalId(id) ?? { typename: '', id: '' },
    nodeTypeOptions: { description: 'An object that can be read again by its global id.' },
    nodeQueryOptions: {
      description:
        'Reads an object by its global id. Null if no object with this id is visible to the viewer.',
      args: { id: { description: 'The global id of the object.' } },
      resolve: async (_root, { id }, context, info) => {
        const ids = await findVisibleNodes(context, [id])
        return (await readNodes({ context, info, ids }))[0]
      },
    },
    nodesQueryOptions: {
      description: `Reads up to ${MAX_PAGE_SIZE} objects by their global ids, in the order of \`ids\`. Null stands in the place of an id if no object with it is visible to the viewer.`,
      args: { ids: { description: 'The global ids of the objects.' } },
      complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
      resolve: async (_root, { ids }, context, info) => {
        if (ids.length > MAX_PAGE_SIZE) {
          throw new InvalidInputError([
            {
              path: ['ids'],
              code: 'TOO_MANY',
              message: `Must be at most ${MAX_PAGE_SIZE} ids.`,
              limit: MAX_PAGE_SIZE,
            },
          ])
        }
        return readNodes({ context, info, ids: await findVisibleNodes(context, ids) })
      },
    },
    pageInfoTypeOptions: {
      description: 'Where a page of a connection begins and ends, and whether there are more items.',
    },
    hasNextPageFieldOptions: { description: 'Whether there are items after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are items before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first item; null on an empty page.' },
    endCursorFieldOptions: {
      description:
        'The cursor of the last item, with which `after` reads the next page; null on an empty page.',
    },
    firstArgOptions: {
      description: `How many items to read from the beginning. A page has at most ${MAX_PAGE_SIZE} items, and ${DEFAULT_PAGE_SIZE} if neither \`first\` nor \`last\` is given.`,
    },
    lastArgOptions: {
      description: `How many items to read from the end. A page has at most ${MAX_PAGE_SIZE} items.`,
    },
    afterArgOptions: {
      description:
        'Reads only items after this cursor: after the place that its item had in this order when the cursor was read, although the item may have moved or gone since.',
    },
    beforeArgOptions: { description: 'Reads only items before this cursor, as `after` says.' },
    cursorFieldOptions: {
      description: 'The position of the item in the connection, for `after` and `before`.',
    },
    idFieldOptions: { description: GLOBAL_ID },
    pageInfoFieldOptions: {
      description: 'Where the page begins and ends, and whether there are more items.',
    },
    edgesFieldOptions: { description: 'The items of the page with their cursors.' },
    nodeFieldOptions: { description: 'The item.' },
    nodesOnConnection: { description: 'The items of the page.' },
    defaultConnectionTypeOptions: { description: 'A page of a connection.' },
    defaultEdgeTypeOptions: { description: 'An item of a connection with its cursor.' },
  },
})

function costError(cost: Cost): GraphQLError {
  return new GraphQLError(
    `The operation costs ${cost.requested}, but at most ${cost.maximum} is allowed. Request fewer items or fields.`,
    { extensions: { code: 'QUERY_TOO_COSTLY', cost, http: { status: 400 } } },
  )
}

/** Reads nodes by their ids. The functions that Pothos passes to the resolvers of `node` and `nodes` ignore their argument and
 * read all requested ids, visible or not. */
function readNodes(nodes: {
  context: SchemaContext
  info: GraphQLResolveInfo
  ids: ({ typename: string; id: string } | null)[]
}): Promise<unknown[]> {
  return resolveNodes(builder, nodes.context, nodes.info, nodes.ids)
}

/** @returns how many items a field requests; clamped, so that a negative number cannot lower the cost */
function pageSizeOf(args: Record<string, unknown>, field: { args: readonly { name: string }[] }): number {
  if (!field.args.some(({ name }) => name === 'first')) return 1
  const asked = args.first ?? args.last
  return typeof asked === 'number' ? Math.min(Math.max(asked, 1), MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE
}

export const QueryRef = builder.queryType({ description: 'Everything that can be read.' })
builder.mutationType({
  description:
    'Everything that can be changed. Each mutation takes one `input` and returns a union of its result and of the errors that a client can handle.',
})
