// Live chats under load: 16 workers run random operations on the same few chats while time passes. Half of them use each
// of two nodes, which share only the database. Each transaction is checked at its commit, and the whole database after
// each batch. CHAT_SEED repeats the operations of each worker; their effects also depend on the other workers.
import { beforeAll, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { PRODUCT_ID } from '../../src/services/identity/viewer.ts'
import { saveTeam } from '../../src/services/teams/save-team.ts'
import { Budget } from '../kit/budget.ts'
import { MINUTE } from '../kit/clock.ts'
import { randomFrom } from '../kit/random.ts'
import { checkEveryCommit, findAllBreaches, findBreaches, findOverdue } from './chat-invariants.ts'
import { createKnowledge, type Knowledge } from './chat-knowledge.ts'
import { act, CHAT_KINDS } from './chat-operations.ts'
import { contextOf, useChatScene } from './chat-scene.ts'

const budget = new Budget('CHAT', { seconds: 12, kinds: CHAT_KINDS })
const { seed } = budget
const WORKERS = 16
/** Operations between two checks at which all workers pause. */
const BATCH = 960

const scene = useChatScene({
  agents: 6,
  visitors: 40,
  settings: {
    ...{ offerTimeoutSeconds: 60, maxOffersPerRequest: 3, chatsPerAgent: 2, idleTimeoutMinutes: 3 },
    waitSeconds: 40,
  },
})
let known: Knowledge

beforeAll(async () => {
  await checkEveryCommit(scene.sql)
  known = createKnowledge(scene, [await createTeam('Team 0', 3), await createTeam('Team 1', 4)])
})

it(
  `keeps the promises of live chats through ${budget.extent} random operations of ${WORKERS} workers on two nodes`,
  async () => {
    const workers = Array.from({ length: WORKERS }, (_one, number) => createWorker(number))
    await budget.run(async () => {
      const since = new Date(scene.clock.now().getTime() - 10 * MINUTE)
      const working = Promise.all(workers.map((work) => work(BATCH / WORKERS)))
      // The committed state must be valid at any moment, even between operations.
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
      const { done } = budget
      expect({ seed, done, breaches, faults: scene.faults }).toEqual({ seed, done, breaches: [], faults: [] })
    })
    await report()
    expect(await findAllBreaches(scene.sql, scene.clock.now())).toEqual([])
  },
  budget.deadlineMs,
)

/** @returns a function that runs a number of random operations one after the other */
function createWorker(number: number): (operations: number) => Promise<void> {
  const random = randomFrom(seed + number)
  const [node, other] = number % 2 ? scene.nodes : scene.nodes.toReversed()
  return async (operations) => {
    for (let done = 0; done < operations; ) {
      try {
        const outcome = await act({ scene, node: node!, other: other!, known, random })
        // An operation that found nothing to act on does not count.
        if (outcome.endsWith('NOTHING')) continue
        budget.note(outcome)
        done++
      } catch (fault) {
        scene.faults.push(fault)
        done++
      }
    }
  }
}

/** Creates a team of the first agents. */
async function createTeam(name: string, count: number): Promise<string> {
  const agentIds = scene.agents.slice(0, count).map(({ agentId }) => agentId)
  const context = contextOf(scene.nodes[0], scene.admin)
  return saveTeam(context, { name, agentIds, idempotencyKey: null }, async (_tx, teamId) => teamId)
}

async function report(): Promise<void> {
  const { rows } = await scene.sql.query(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  )
  const { rows: states } = await scene.sql.query<{ state: string; count: number }>(
    `SELECT "state"::text, count(*)::int FROM "Conversation" GROUP BY 1
     UNION ALL SELECT "state"::text, count(*)::int FROM "ChatOffer" GROUP BY 1
     UNION ALL SELECT 'OFFERED ON', count(*)::int FROM "ChatOffer" WHERE "transferredBy" = $1`,
    [PRODUCT_ID],
  )
  const counts = states.map(({ state, count }) => `${state} ${count}`).join(', ')
  console.log(`${rows[0].deadlocks} deadlocks, ${counts}`)
}
