// Statements that are given together: in which order they run, and what they cost.
import { Socket } from 'node:net'
import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { openPostgres } from '../../../src/database/open.ts'
import { PipeliningClient } from '../../../src/database/postgres-client.ts'
import { sendTogether } from '../../../src/database/send-together.ts'
import { onPostgres, openTestDatabase } from '../../kit/database.ts'

it('runs statements in the order in which a transaction gives them, without waiting for answers', async () => {
  const database = await openTestDatabase()
  onTestFinished(() => database.close())
  const rows = { count: 0 }
  for (let round = 1; round <= 20; round++) {
    await database.client.$transaction(async (tx) => {
      const key = `round ${round}`
      const [, [counted]] = await sendTogether(
        () => tx.$executeRaw`INSERT INTO "Budget" ("key", "wholeAt") VALUES (${key}, now())`,
        () => tx.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS "count" FROM "Budget"`,
      )
      Object.assign(rows, counted)
    })
    expect(rows.count).toBe(round)
  }
})

it.runIf(onPostgres())('sends the begin of a transaction and what is given together at once', async () => {
  const { client, close } = openPostgres(inject('postgresUrl'))
  onTestFinished(close)
  const transact = () =>
    client.$transaction((tx) =>
      sendTogether(
        () => tx.$queryRaw`SELECT 1`,
        () => tx.$queryRaw`SELECT 2`,
      ),
    )
  await transact()
  const writes = vi.spyOn(Socket.prototype, '_writev')
  onTestFinished(() => writes.mockRestore())
  await transact()
  // All of that, and the COMMIT.
  expect(writes).toHaveBeenCalledTimes(2)
})

it.runIf(onPostgres())('ends a connection on which a transaction could not begin', async () => {
  const client = new PipeliningClient({ connectionString: inject('postgresUrl') })
  await client.connect()
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  client.once('end', resolve)
  await client.query({ text: 'BEGIN', values: ['There is no such parameter'] })
  await ended
  await expect(client.query('SELECT 1')).rejects.toThrow()
})
