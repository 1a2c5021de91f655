// What all connections have in common. There is one connection type for each node: lists of the same node differ in their
// arguments only. Each connection field says how it is counted (`totalCount`).
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'

/** Lists of the workspace are counted up to here, so that a count costs little however many rows there are. The lists of
 * one agent, person or conversation are counted whole, in the statement that reads their owners; a count of more is not
 * shown either. */
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
