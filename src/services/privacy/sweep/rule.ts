import type { Retention } from '../../../config/retention.ts'
import type { Prisma } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'

/** The rows of a portion that are old enough. */
export interface Portion {
  tx: Transaction
  /** Ordered by age. */
  ids: string[]
  now: Date
  /** What is as old as this is old enough. */
  until: Date
}

/** What is removed of one table, and after how long. */
export interface SweepRule {
  /** Under which the database keeps how far the rule has come. */
  name: string
  table: Prisma.Sql
  /** The column from which on a row is kept for a time. An index of it, with the id, finds the rows. */
  age: Prisma.Sql
  /** A condition of that index. */
  which: Prisma.Sql
  /** A UUID that tells rows of one age apart; left out: "id". */
  id?: Prisma.Sql
  keptMs(retention: Retention): number
  /** How many rows a portion looks at. */
  rows: number
  /** Removes what is not live of a portion. It never waits for rows that others have locked: a later run removes these.
   * @returns how many rows were removed, and whether the portion is done; if not, the next one begins at the same row */
  remove(portion: Portion): Promise<{ removed: number; isDone: boolean }>
}

export const DONE = { isDone: true }
