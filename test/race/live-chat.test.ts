// Live chats under fire: 16 workers do random things to the same few chats, half of them on each of two nodes that
// share nothing but the database, while time passes. Each transaction is checked when it is committed, and all of them
// together now and then. CHAT_SEED repeats a run as far as the operations of each worker go; what they meet depends on
// the others. CHAT_OPERATIONS says how many.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { saveTeam } from '../../src/services/teams/save-team.ts'
import { MINUTE } from '../kit/clock.ts'
import { randomFrom } from '../kit/random.ts'
import { checkEveryCommit, findAllBreaches, findBreaches, findOverdue } from './chat-invariants.ts'
import { createKnowledge, type Knowledge } from './chat-knowledge.ts'
import { act } from './chat-operations.ts'
import { type ChatScene, contextOf, startChatScene } from './chat-scene.ts'

const OPERATIONS = Number(process.env.CHAT_OPERATIONS ?? (process.env.CI ? 100_000 : 20_000))
const SEED = Number(process.env.CHAT_SEED ?? Math.floor(Math.random() * 2 ** 31))
const WORKERS = 16
/** Operations between two checks with everybody at rest. */
const BATCH = 960
const DEADLINE_MS = 60 * MINUTE

let scene: ChatScene
let known: Knowledge
const faults: unknown[] = []
const outcomes = new Map<string, number>()

beforeAll(async () => {
  scene = await startChatScene({
    ...{ agents: 6, visitors: 40 },
    settings: { offerTimeoutSeconds: 60, maxOffersPerRequest: 3, chatsPerAgent: 4, idleTimeoutMinutes: 3 },
    onError: (error) => void faults.push(error),
  })
  await checkEveryCommit(scene.sql)
  known = createKnowledge(scene, [await createTeam('Team 0', 3), await createTeam('Team 1', 4)])
}, 120_000)
afterAll(() => scene?.stop())

it(
  `keeps what is promised of live chats through ${OPERATIONS} random operations of ${WORKERS} workers on two nodes`,
  async () => {
    const started = performance.now()
    const workers = Array.from({ length: WORKERS }, (_one, number) => createWorker(number))
    for (let done = 0; done < OPERATIONS; done += BATCH) {
      const since = new Date(scene.clock.now().getTime() - 10 * MINUTE)
      const share = Math.ceil(Math.min(BATCH, OPERATIONS - done) / WORKERS)
      const working = Promise.all(workers.map((work) => work(share)))
      // Whatever is committed at any moment is right, also between the operations.
      const [duringWork] = await Promise.all([
        findBreaches(scene.sql, { since, now: scene.clock.now() }),
        working,
      ])
      for (const node of scene.nodes) await sweepChats(node.services)
      const at = { since, now: scene.clock.now() }
      const breaches = [
        ...duringWork,
        ...(await findBreaches(scene.sql, at)),
        ...(await findOverdue(scene.sql, at)),
      ]
      expect({ seed: SEED, done, breaches, faults }).toEqual({ seed: SEED, done, breaches: [], faults: [] })
    }
    await report((performance.now() - started) / 1000)
    expect(await findAllBreaches(scene.sql, scene.clock.now())).toEqual([])
  },
  DEADLINE_MS,
)

/** @returns does so many random operations, one after the other */
function createWorker(number: number): (operations: number) => Promise<void> {
  const random = randomFrom(SEED + number)
  const [node, other] = number % 2 ? scene.nodes : scene.nodes.toReversed()
  return async (operations) => {
    for (let done = 0; done < operations; ) {
      try {
        const outcome = await act({ scene, node: node!, other: other!, known, random })
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        // Where there was nothing to act on, nothing was done.
        if (!outcome.endsWith('NOTHING')) done++
      } catch (fault) {
        faults.push(fault)
        done++
      }
    }
  }
}

/** Of the first agents. */
async function createTeam(name: string, count: number): Promise<string> {
  const agentIds = scene.agents.slice(0, count).map(({ agentId }) => agentId)
  const context = contextOf(scene.nodes[0], scene.admin)
  return (await saveTeam(context, { name, agentIds, idempotencyKey: null })).id
}

async function report(seconds: number): Promise<void> {
  const { rows } = await scene.sql.query(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  )
  const { rows: states } = await scene.sql.query<{ state: string; count: number }>(
    `SELECT "state"::text, count(*)::int FROM "Conversation" GROUP BY 1
     UNION ALL SELECT "state"::text, count(*)::int FROM "ChatOffer" GROUP BY 1`,
  )
  const counts = [...outcomes].sort().map(([outcome, count]) => `${outcome} ${count}`)
  console.log(
    `seed ${SEED}: ${(OPERATIONS / seconds).toFixed(0)} operations a second, ${rows[0].deadlocks} deadlocks\n${counts.join(', ')}\n${states.map(({ state, count }) => `${state} ${count}`).join(', ')}`,
  )
}
