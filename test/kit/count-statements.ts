// Counts the SQL statements that Prisma sends, inside of transactions and outside, on either database. It looks at
// the driver adapters, because the client tells of its queries only when it was opened to do so.

import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { vi } from 'vitest'
import { onPostgres } from './database.ts'

/** Through which both kinds of adapter, and their transactions, send each statement. */
interface Sender {
  performIO(query: { sql: string }): Promise<unknown>
}

/** On PGlite they do not come as statements. */
const TRANSACTION_CONTROL = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/

/** @returns the statements that were sent while `work` ran, in order; without beginnings and ends of transactions */
export async function recordStatements(
  work: (soFar: readonly string[]) => Promise<unknown>,
): Promise<string[]> {
  const statements: string[] = []
  const sender = await sharedSender()
  const send = sender.performIO
  const spy = vi.spyOn(sender, 'performIO').mockImplementation(function (this: Sender, query) {
    if (!TRANSACTION_CONTROL.test(query.sql)) statements.push(query.sql)
    return send.call(this, query)
  })
  try {
    await work(statements)
  } finally {
    spy.mockRestore()
  }
  return statements
}

/** @returns how many statements were sent while `work` ran */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  return (await recordStatements(work)).length
}

/** What all adapters of this run's kind of database have in common. Nothing is connected for it. */
async function sharedSender(): Promise<Sender> {
  const factory = onPostgres() ? new PrismaPg({}) : new PrismaPGlite(null as never)
  let owner: object = await factory.connect()
  while (!Object.hasOwn(owner, 'performIO')) owner = Object.getPrototypeOf(owner)
  return owner as Sender
}
