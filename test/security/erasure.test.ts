// Whoever is erased is nowhere: a marker in every column that can hold something of a person is found in no table
// afterwards, those of the job queue included. A new column makes this fail until it is classified (personal-data.ts).
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { confirmationUrl } from '../../src/services/booking/confirmation/meeting-request.ts'
import { onPostgres } from '../kit/database.ts'
import { erase, exported, live, MARK } from '../kit/erasure.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { openSession, waitForBlocked } from '../kit/second-session.ts'
import { at } from '../kit/times.ts'
import { ERASED, KEPT } from './personal-data.ts'

const cast = useScene({
  ada: bookable(),
  beth: forChat,
  visitor: aVisitor,
})
const { app, admin } = cast

/** Puts the marker into every column that the classification names, beside what is there. */
async function mark(session: pg.Client, personId: string): Promise<void> {
  for (const [table, { of, columns }] of Object.entries(ERASED)) {
    for (const [column, { json }] of Object.entries(columns)) {
      const value = markOf(table, column)
      const set = json ? `jsonb_build_object('mark', '${value}')` : `'${value}' || "id"`
      const keyed = table === 'IdempotencyKey' ? set.replace('"id"', '"createdAt"') : set
      const { rowCount } = await session.query(`UPDATE "${table}" SET "${column}" = ${keyed} WHERE ${of}`, [
        personId,
      ])
      expect(rowCount, `${table}.${column}`).toBeGreaterThan(0)
    }
  }
}

const markOf = (table: string, column: string) => `${MARK} ${table} ${column} `

/** @returns the tables of the whole database in which the text is, with how many rows */
async function scan(session: pg.Client, text: string): Promise<Record<string, number>> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  )
  expect(rows.map(({ name }) => name)).toContain('pgboss.job')
  const found: Record<string, number> = {}
  for (const { name } of rows) {
    const { rows: hits } = await session.query(`SELECT FROM ${name} t WHERE t::text LIKE '%' || $1 || '%'`, [
      text,
    ])
    if (hits.length > 0) found[name] = hits.length
  }
  return found
}

describe('the columns that can hold something of a person', () => {
  it.runIf(onPostgres())('are all classified, as erased or as kept with a reason', async () => {
    const session = await openSession(app)
    const { rows } = await session.query<{ table: string; column: string }>(
      `SELECT c.table_name AS "table", c.column_name AS "column" FROM information_schema.columns c
       WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\\_%'
         AND (c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea') OR c.udt_name = '_text')`,
    )
    const inDatabase = rows.map(({ table, column }) => `${table}.${column}`)
    const classified = [
      ...Object.entries(ERASED).map(([table, { columns }]) => [table, columns] as const),
      ...Object.entries(KEPT),
    ]
    const names = classified.flatMap(([table, columns]) =>
      Object.keys(columns).map((column) => `${table}.${column}`),
    )
    expect(names.sort()).toEqual(inDatabase.sort())
  })
})

describe('a person who is erased', () => {
  it.runIf(onPostgres())(
    'is found nowhere in the database, and everything was in the export before',
    async () => {
      const personId = await live(cast)
      const session = await openSession(app)
      await mark(session, personId)
      const before = await exported(app, { personId, token: admin.token })
      const all = JSON.stringify(before)
      for (const [table, { columns }] of Object.entries(ERASED)) {
        for (const [column, { exported: isExported = true }] of Object.entries(columns)) {
          expect(all.includes(markOf(table, column)), `${table}.${column} in the export`).toBe(isExported)
        }
      }
      expect(Object.keys(await scan(session, MARK)).length).toBeGreaterThan(8)
      const erased = await erase(app, { personId, token: admin.token })
      expect(erased).toEqual({
        __typename: 'ErasedPerson',
        complete: true,
        visits: 1,
        conversations: 2,
        messages: 4,
        meetings: 1,
        mails: 0,
        person: {
          known: false,
          email: null,
          firstName: null,
          attributes: {},
          erasedAt: app.clock.now().toISOString(),
        },
      })
      expect(await scan(session, MARK)).toEqual({})
      expect(await scan(session, 'grace@navy.example')).toEqual({})
      expect(app.faults).toEqual([])
    },
  )

  it.runIf(onPostgres())('gets nothing of what is under way at that moment', async () => {
    const { services } = app.app
    const personId = await live(cast)
    const request = await services.database.meetingRequest.findFirstOrThrow({ where: { personId } })
    const [session, witness] = [await openSession(app), await openSession(app)]
    await session.query('BEGIN')
    await session.query('SELECT FROM "Person" WHERE "id" = $1 FOR NO KEY UPDATE', [personId])
    const erasing = erase(app, { personId, token: admin.token })
    await waitForBlocked(app, 1)
    const token = new URL(confirmationUrl(services, request)).searchParams.get('token') ?? ''
    const confirming = app.fetch('/meeting/confirmation', {
      method: 'POST',
      body: new URLSearchParams({ token }).toString(),
    })
    const person = { firstName: MARK }
    const slot = { free: { target: { agentId: cast.ada.id }, startsAt: at('11:00') } }
    const calls = [
      ['identifyVisitor', { person }],
      ['requestLiveChat', { text: MARK }],
      ['bookMeeting', { slot, timeZone: 'UTC', person: { ...person, email: `${MARK}@navy.example` } }],
    ] as const
    const calling = calls.map(([mutation, input]) => {
      const query = `mutation ($input: ${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { __typename } }`
      return app.execute(query, { token: cast.visitor.token, variables: { input } })
    })
    await waitForBlocked(app, 5)
    await session.query('COMMIT')
    expect(await erasing).toMatchObject({ __typename: 'ErasedPerson', complete: true })
    expect(await (await confirming).text()).toContain('This link is not valid')
    for (const { errors } of await Promise.all(calling)) {
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    }
    expect(await scan(witness, MARK)).toEqual({})
    expect(app.faults).toEqual([])
  })
})
