// Sessions on the database besides those of the application, which block the application in the middle of a transaction.
import pg from 'pg'
import { expect, inject, onTestFinished } from 'vitest'
import type { TestApp } from './app.ts'
import { eventually } from './eventually.ts'

/** Opens a session on the application's Postgres database; it ends with the test. */
export async function openSession({ app }: TestApp): Promise<pg.Client> {
  const [row] = await app.services.database.$queryRaw<{ name: string }[]>`SELECT current_database() AS "name"`
  const url = Object.assign(new URL(inject('postgresUrl')), { pathname: `/${row?.name}` })
  const session = new pg.Client({ connectionString: url.href })
  await session.connect()
  onTestFinished(() => session.end())
  return session
}

/** Waits until this many sessions of the database wait for a lock. */
export async function waitForBlocked({ app }: TestApp, count: number): Promise<void> {
  await eventually(async () => {
    const blocked = await app.services.database.$queryRaw`
      SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    expect(blocked).toHaveLength(count)
  })
}
