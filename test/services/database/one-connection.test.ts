// That the client of tests notices on Postgres what would never end on PGlite (kit/one-connection.ts).
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { OpenDatabase } from '../../../src/database/open.ts'
import { openTestDatabase } from '../../kit/database.ts'
import { asOnOneConnection } from '../../kit/one-connection.ts'

let database: OpenDatabase

beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

it('a query beside a transaction is refused inside of it, and goes well before and after', async () => {
  const client = asOnOneConnection(database.client)
  const count = () => client.workspace.count()
  const ask = () => client.$queryRaw`SELECT 1`
  const begin = () => client.$transaction(async (tx) => tx.workspace.count())
  for (const beside of [count, ask, begin]) {
    await beside()
    const inside = client.$transaction(async (tx) => [await tx.workspace.count(), await beside()])
    await expect(inside).rejects.toThrow('Inside of a transaction only `tx` may be used')
    await beside()
  }
})
