import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differenceToSchema, migrate } from '../../../src/database/migrate.ts'
import { type OpenDatabase, openPglite } from '../../../src/database/open.ts'
import { sqlStateOf } from '../../../src/database/sql-state.ts'
import { createTestWorkspace } from '../../kit/actors.ts'
import { openTestDatabase } from '../../kit/database.ts'
import { anAgent, useScene } from '../../kit/scene.ts'

describe('the migrations', () => {
  let database: OpenDatabase
  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(() => database.close())

  it('are applied once', async () => {
    expect(await migrate(database)).toEqual([])
  })

  // Always on PGlite: the engine cannot describe a database over the Postgres driver (docs/gotchas.md).
  it('lead to prisma/schema.prisma, and a difference is detected', async () => {
    const pglite = await openPglite({ folder: null })
    try {
      expect(await differenceToSchema(pglite)).toBe('')
      await pglite.client.$executeRawUnsafe('ALTER TABLE "Team" DROP COLUMN "name"')
      expect(await differenceToSchema(pglite)).toContain('ADD COLUMN     "name"')
    } finally {
      await pglite.close()
    }
  })

  it('make types whose lists can be parameters at once, on PGlite too', async () => {
    const pglite = await openPglite({ folder: null })
    try {
      await migrate(pglite)
      const kinds = ['MEETING', 'LIVE_CHAT']
      const [row] = await pglite.client.$queryRaw<{ count: number }[]>`
        SELECT cardinality(${kinds}::"RoutingKind"[]) AS "count"`
      expect(row).toEqual({ count: 2 })
    } finally {
      await pglite.close()
    }
  })
})

describe('the database itself', () => {
  const { app, acme, ada } = useScene({ ada: anAgent })

  const stateOf = async (statement: Promise<unknown>) => {
    const outcome = await statement.then(() => null, sqlStateOf)
    return outcome
  }

  const reservation = (minute: number) => ({
    startsAt: new Date(Date.UTC(2026, 2, 3, 9, minute)),
    endsAt: new Date(Date.UTC(2026, 2, 3, 9, minute + 30)),
    blockedUntil: new Date(Date.UTC(2026, 2, 3, 9, minute + 45)),
    holder: `visitor:${randomUUID()}`,
    expiresAt: new Date(Date.UTC(2026, 2, 3)),
  })

  it('refuses two reservations of an agent that overlap, buffer included', async () => {
    const { database } = app.app.services
    const reserve = (minute: number) =>
      database.reservation.create({
        data: { workspaceId: acme.workspaceId, agentId: ada.agentId, ...reservation(minute) },
      })
    expect(await stateOf(reserve(0))).toBeNull()
    expect(await stateOf(reserve(44))).toBe('23P01')
    expect(await stateOf(reserve(45))).toBeNull()
  })

  it('refuses a second hold of one caller', async () => {
    const data = { workspaceId: acme.workspaceId, agentId: ada.agentId, holder: 'visitor:1' }
    const { database } = app.app.services
    await database.reservation.create({ data: { ...reservation(0), ...data } })
    const second = database.reservation.create({ data: { ...reservation(50), ...data } })
    expect(await stateOf(second)).toBe('23505')
  })

  it('refuses a link to another workspace’s agent', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const { database } = app.app.services
    const data = { workspaceId: globex.workspaceId, agentId: ada.agentId }
    expect(await stateOf(database.reservation.create({ data: { ...data, ...reservation(0) } }))).toBe('23503')
    const place = { ...data, kind: 'MEETING' as const, position: 1 }
    expect(await stateOf(database.routingPlace.create({ data: place }))).toBe('23503')
  })

  it('refuses a second calendar of an agent, and a second agent with the same e-mail', async () => {
    const { workspaceId } = acme
    const { database, clock } = app.app.services
    const connect = (accountEmail: string) =>
      database.calendarConnection.create({
        data: {
          workspaceId,
          agentId: ada.agentId,
          provider: 'BUILT_IN',
          accountEmail,
          state: 'CONNECTED',
          connectedAt: clock.now(),
        },
      })
    await connect('one@example.com')
    expect(await stateOf(connect('two@example.com'))).toBe('23505')
    const copy = { workspaceId, name: 'Ada', email: ada.email, createdAt: clock.now() }
    expect(await stateOf(database.agent.create({ data: copy }))).toBe('23505')
  })

  it('refuses a reservation that is neither a hold nor of a meeting', async () => {
    const data = { workspaceId: acme.workspaceId, agentId: ada.agentId, ...reservation(0) }
    const half = app.app.services.database.reservation.create({ data: { ...data, holder: null } })
    expect(await stateOf(half)).toBe('23514')
  })
})
