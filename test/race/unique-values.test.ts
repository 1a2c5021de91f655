// Values that must be unique (e-mails, names, the addresses of browsers) are given from one row to another by several callers at once, on two nodes.
// A unique index makes one transaction wait for the other; none may wait in a circle.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MAX_PUSH_SUBSCRIPTIONS } from '../../src/services/notifications/push/register-push-subscription.ts'
import { createTestAgent, type Staff } from '../kit/actors.ts'
import { mutate } from '../kit/mutate.ts'
import { personGlobalId } from '../kit/people.ts'
import { createBrowser } from '../kit/push-browser.ts'
import { randomFrom } from '../kit/random.ts'
import { type Contention, createVisitors, startContention } from './contention-scene.ts'

const SEED = Number(process.env.CONTENTION_SEED ?? Math.floor(Math.random() * 2 ** 31))
const DEADLINE_MS = 120_000
const CLIENTS = 6
const CALLS = 15
const VALUES = 3
const AGENTS = 2

const random = randomFrom(SEED)
const one = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item

let contention: Contention

beforeEach(async () => {
  console.log(`seed ${SEED}`)
  contention = await startContention()
})
afterEach(() => contention.stop())

/** Two transactions deadlock if both have changed their row before either looks into the unique index. This index, which
 * is written before the unique one, makes that moment long. */
async function slowDownWrites({ table, column, unique }: { table: string; column: string; unique: string }) {
  const { rows } = await contention.sql.query('SELECT pg_get_indexdef($1::regclass) AS "definition"', [
    `"${unique}"`,
  ])
  await contention.sql.query(`
    CREATE FUNCTION slowly(value text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_sleep(0.02); RETURN value; END';
    DROP INDEX "${unique}";
    CREATE INDEX slow ON "${table}" (slowly("${column}"));
    ${rows[0].definition}`)
}

/** Every client makes its calls one after the other; all that the losers are told is that the value is taken. */
async function callAtOnce(name: string, call: () => Promise<unknown>): Promise<void> {
  const clients = Array.from({ length: CLIENTS }, async () => {
    for (let done = 0; done < CALLS; done++) await call()
  })
  await Promise.all(clients)
  await contention.finish()
  const { ConflictError = 0, ...done } = contention.outcomes()[name] ?? {}
  expect(ConflictError).toBeGreaterThan(0)
  expect(Object.values(done)).toEqual([CLIENTS * CALLS - ConflictError])
}

const administer = (mutation: string, input: object, select = '') =>
  contention.call(mutation, (node) =>
    mutate(node, { mutation, input, select, token: contention.workspace.admin.token }),
  )

it(
  'agents get the e-mails of each other without a deadlock',
  async () => {
    const { nodes, workspace } = contention
    const agents: string[] = []
    for (let number = 0; number < VALUES; number++)
      agents.push((await createTestAgent(nodes[0], workspace, `Agent ${number}`)).id)
    await slowDownWrites({ table: 'Agent', column: 'email', unique: 'Agent_workspaceId_email_key' })
    await callAtOnce('updateAgent', () =>
      administer('updateAgent', { agentId: one(agents), email: `agent${random(VALUES + 1)}@acme.test` }),
    )
  },
  DEADLINE_MS,
)

it(
  'teams get the names of each other without a deadlock',
  async () => {
    const teams: string[] = []
    for (let number = 0; number < VALUES; number++) {
      const team = await mutate(contention.nodes[0], {
        mutation: 'saveTeam',
        input: { name: `Team ${number}`, agentIds: [] },
        token: contention.workspace.admin.token,
        select: '... on Team { id }',
      })
      teams.push(team.id)
    }
    await slowDownWrites({ table: 'Team', column: 'name', unique: 'Team_workspaceId_name_key' })
    await callAtOnce('saveTeam', () =>
      administer('saveTeam', { teamId: one(teams), name: `Team ${random(VALUES + 1)}`, agentIds: [] }),
    )
  },
  DEADLINE_MS,
)

it(
  'agents who have as many browsers as allowed take browsers from each other without a deadlock',
  async () => {
    const { nodes, workspace } = contention
    const agents: Staff[] = []
    for (let number = 0; number < AGENTS; number++)
      agents.push(await createTestAgent(nodes[0], workspace, `Agent ${number}`))
    const browsers = Array.from({ length: 2 * MAX_PUSH_SUBSCRIPTIONS }, createBrowser)
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (let done = 0; done < CALLS; done++) {
          await contention.call('registerPushSubscription', (node) =>
            mutate(node, {
              mutation: 'registerPushSubscription',
              input: one(browsers),
              token: one(agents).token,
              select: '',
            }),
          )
        }
      }),
    )
    await contention.finish()
    expect(contention.outcomes().registerPushSubscription).toEqual({ PushSubscription: CLIENTS * CALLS })
    const { rows } = await contention.sql.query(
      'SELECT count(*)::int AS "browsers" FROM "PushSubscription" GROUP BY "agentId"',
    )
    for (const { browsers: count } of rows)
      expect(count).toBeLessThanOrEqual(MAX_PUSH_SUBSCRIPTIONS + CLIENTS)
  },
  DEADLINE_MS,
)

const anyEmail = () => `person${random(VALUES + 1)}@example.com`

it(
  'people get the e-mails of each other, and visitors become these people, without a deadlock',
  async () => {
    const tokens = await createVisitors(contention, CLIENTS)
    const identify = (token: string, email: string) =>
      contention.call('identifyVisitor', (node) =>
        mutate(node, {
          mutation: 'identifyVisitor',
          input: { person: { email } },
          token,
          select: '... on Person { id }',
        }),
      )
    for (let number = 0; number < VALUES; number++) {
      await identify(tokens[number] as string, `person${number}@example.com`)
    }
    const { rows: people } = await contention.sql.query<{ id: string }>(
      'SELECT "id" FROM "Person" WHERE "email" IS NOT NULL',
    )
    await slowDownWrites({ table: 'Person', column: 'email', unique: 'Person_workspaceId_email_key' })
    await callAtOnce('updatePerson', async () => {
      await identify(one(tokens), anyEmail())
      await administer('updatePerson', {
        personId: personGlobalId(one(people).id),
        person: { email: anyEmail() },
      })
    })
  },
  DEADLINE_MS,
)
