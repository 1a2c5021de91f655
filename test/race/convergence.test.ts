// Events are neither lost nor duplicated when parts fail: nodes are killed, Redis stops, connections break, and clients stop
// reading, at random moments. In the end every client has applied every change once and in order, and its meetings equal
// those in the database. CONVERGENCE_SECONDS sets the duration.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Replica } from '../kit/replica.ts'
import { killServerProcesses } from '../kit/server-process.ts'
import {
  allReplicas,
  CLIENTS,
  type ConvergenceRun,
  meetingId,
  NODES,
  prepareConvergence,
  runThroughFailures,
} from './convergence-run.ts'

const SECONDS = Number(process.env.CONVERGENCE_SECONDS ?? 20)
const SEED = Number(process.env.CONVERGENCE_SEED ?? Date.now() % 2 ** 31)
const SET_UP_MS = 240_000
const DEADLINE = { timeout: 60_000, interval: 50 }

let run: ConvergenceRun

beforeAll(
  async () => {
    const setting = await prepareConvergence(SEED)
    run = setting
    await runThroughFailures(setting, SECONDS * 1000)
    await vi.waitUntil(() => allReplicas(run).every(({ isCaughtUp }) => isCaughtUp), DEADLINE)
  },
  SET_UP_MS + 3 * SECONDS * 1000 + DEADLINE.timeout,
)
afterAll(async () => {
  await run?.remove()
  await killServerProcesses()
})

describe(`after ${SECONDS} s of failures with seed ${SEED}`, () => {
  it('every client has applied every change once, in the order of the commits', async () => {
    for (const [streamId, replicas] of run.replicas) {
      const changes = await readChanges(streamId)
      expect(changes.length).toBeGreaterThan(SECONDS / 10)
      for (const { applied } of replicas) {
        await vi.waitUntil(() => applied.length >= changes.length, DEADLINE)
        expect(applied).toEqual(changes)
      }
    }
    const deliveries = allReplicas(run).reduce((sum, { applied }) => sum + applied.length, 0)
    const connections = allReplicas(run).reduce((sum, replica) => sum + replica.connections, 0)
    console.log(JSON.stringify({ seed: SEED, ...run.counts, connections, deliveries }))
  })

  it('every client has the same meetings as the database', async () => {
    for (const [streamId, replicas] of run.replicas) {
      const meetings = await readMeetings(streamId)
      for (const replica of replicas) expect(copyOf(replica, streamId)).toEqual(meetings)
    }
  })

  it('no client got an error or a reset', () => {
    expect(allReplicas(run)).toHaveLength(CLIENTS)
    expect(allReplicas(run).flatMap(({ problems }) => problems)).toEqual([])
    const { kills, outages, cuts, stalls } = run.counts
    for (const count of [kills, outages, cuts, stalls]) expect(count).toBeGreaterThan(0)
  })

  it('every node receives wake-ups from the others again', async () => {
    await vi.waitFor(async () => expect(await run.redis.countListeners()).toBe(NODES), DEADLINE)
  })
})

/** The changes of a stream, in the format of `Replica.applied`. */
async function readChanges(streamId: string): Promise<string[]> {
  const { rows } = await run.sql.query<{ kind: string; meetingId: string; at: Date }>(
    `SELECT c."kind", c."meetingId", e."at" FROM "Event" e
     JOIN "MeetingChange" c ON c."id" = (e."payload"->>'changeId')::uuid
     WHERE e."streamId" = $1 AND e."type" = 'MeetingChanged' ORDER BY e."seq"`,
    [streamId],
  )
  return rows.map((row) => `${row.kind} ${meetingId(row.meetingId)} ${row.at.toISOString()}`)
}

/** The meetings that a stream covers: those of an agent, or all of the workspace. */
async function readMeetings(streamId: string): Promise<string[]> {
  const [kind, id] = streamId.split(':')
  const { rows } = await run.sql.query<{ id: string; status: string; startsAt: Date; agentId: string }>(
    `SELECT "id", "status", "startsAt", "agentId" FROM "Meeting"
     WHERE ${kind === 'agent' ? '"agentId"' : '"workspaceId"'} = $1`,
    [id],
  )
  return rows.map((row) => `${meetingId(row.id)} ${row.status} ${row.startsAt.toISOString()}`).sort()
}

function copyOf({ meetings }: Replica, streamId: string): string[] {
  const [kind, id = ''] = streamId.split(':')
  const own = encodeGlobalID('Agent', id)
  return [...meetings.values()]
    .filter(({ agent }) => kind === 'workspace' || agent.id === own)
    .map((meeting) => `${meeting.id} ${meeting.status} ${meeting.startsAt}`)
    .sort()
}
