// What all connections have in common. There is one connection type for each node: lists of the same node differ in their
// arguments only. Each connection field says how it is counted (`totalCount`).
import { formatCount } from '../services/wording.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import type { SchemaContext } from './context.ts'

/** Lists of the workspace are counted up to here, so that a count costs little however many rows there are. The lists of
 * one agent, person or conversation are counted whole, in the statement that reads their owners, or after a cursor in one
 * more; a count of more is not shown either. */
export const MAX_COUNTED = 10_000

/** For a query that counts: one item more than is shown tells that there are more. Such a query needs an order that an
 * index has, or Prisma sorts everything by the id before it counts. */
export const COUNTED = { take: MAX_COUNTED + 1 } as const

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    nullable: true,
    description: `How many items the list has on all pages together; null if they are more than ${formatCount(MAX_COUNTED)}. They are counted only if the field is selected.`,
    // Without other fields, no page is read.
    extensions: { pothosPrismaTotalCount: true },
    resolve: async ({ totalCount }) => {
      const count = typeof totalCount === 'function' ? await totalCount() : totalCount
      if (count === undefined) throw new Error('The connection does not say how it is counted.')
      return count > MAX_COUNTED ? null : count
    },
  }),
)

/** Counts the lists of several owners, for example the meetings of agents, in one statement.
 * @param lists.where the items of a list, apart from its owner
 * @param lists.count groups the items of the owners by owner
 * @returns the count for `listedBy` */
export function countedByOwner<Args>(lists: {
  where: (args: Args, context: SchemaContext) => object
  count: (
    context: SchemaContext,
    given: { ids: string[]; where: object },
  ) => Promise<{ owner: string | null; count: number }[]>
}) {
  const load = batched(async (context, keys) => {
    const counts = new Map(keys.map((key) => [key, 0]))
    const byList = Map.groupBy(keys.map(parseKey), ({ list }) => list)
    for (const [list, asked] of byList) {
      const ids = asked.map(({ owner }) => owner)
      const rows = await lists.count(context, { ids, where: JSON.parse(list) })
      for (const { owner, count } of rows) counts.set(formatKey({ owner: owner ?? '', list }), count)
    }
    return counts
  })
  return ({ id }: { id: string }, args: Record<string, unknown>, context: SchemaContext): Promise<number> =>
    load(context, formatKey({ owner: id, list: JSON.stringify(lists.where(args as Args, context)) }))
}

interface Key {
  owner: string
  /** The condition of the list as JSON, which Prisma reads as well: owners with the same condition share a statement. */
  list: string
}

const formatKey = ({ owner, list }: Key): string => JSON.stringify([owner, list])
const parseKey = (key: string): Key => {
  const [owner, list] = JSON.parse(key)
  return { owner, list }
}
