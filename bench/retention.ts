// Measures how long the sweep takes for more than a million rows whose time is over, how long each of its portions holds
// its locks, and whether it delays visitors who call meanwhile. Run it with `npm run bench:retention`.
import { sweep } from '../src/services/privacy/sweep/sweep.ts'
import { percentiles } from './chat/stage.ts'
import { describePostgres, type Installation, withInstallation } from './installation.ts'
import { describeMachine } from './slots.ts'
import { insertWorkspace } from './workspace.ts'

const NOW = Date.parse('2026-03-02T08:00:00Z')
const ROWS = { visits: 400_000, chats: 20_000, messagesPerChat: 10, meetings: 200_000, decisions: 200_000 }
const HOURS = { weekly: [], durationMinutes: 30, minimumNoticeMinutes: 0, bookingWindowDays: 60 }
/** In milliseconds: of the calls without the sweep. */
const QUIET_FOR = 20_000

const START_VISIT = 'mutation ($input: StartVisitInput!) { startVisit(input: $input) { __typename } }'

/** Everything is three years old. */
async function fill({ sql }: Installation, { workspaceId, agentId }: Record<string, string>): Promise<void> {
  const old = `timestamptz '2023-03-02T08:00:00Z'`
  const given = [workspaceId, agentId]
  await sql.query(
    `CREATE TEMP TABLE visit AS SELECT gen_random_uuid() AS v, gen_random_uuid() AS p, n
     FROM generate_series(1, ${ROWS.visits + ROWS.chats}) n`,
  )
  await sql.query(
    `INSERT INTO "Person" ("id", "workspaceId", "claimantId", "createdAt")
     SELECT p, $1, v, ${old} + n * interval '1 second' FROM visit`,
    [workspaceId],
  )
  await sql.query(
    `INSERT INTO "Visitor" ("id", "workspaceId", "personId", "tokenHash", "createdAt", "expiresAt")
     SELECT v, $1, p, uuid_send(v), ${old} + n * interval '1 second', ${old} + interval '30 days' FROM visit`,
    [workspaceId],
  )
  await sql.query(
    `WITH chat AS (
       INSERT INTO "Conversation" ("id", "workspaceId", "personId", "visitorId", "state", "agentId", "target", "messageCount",
         "requestedAt", "acceptedAt", "endedAt", "lastMessageAt", "lastActiveAt")
       SELECT gen_random_uuid(), $1, p, v, 'ENDED', $2, '{}', ${ROWS.messagesPerChat}, ${old}, ${old}, ${old}, ${old}, ${old}
       FROM visit WHERE n <= ${ROWS.chats} RETURNING "id"
     )
     INSERT INTO "Message" ("id", "workspaceId", "conversationId", "seq", "author", "text", "sentAt")
     SELECT gen_random_uuid(), $1, "id", n, 'VISITOR', 'Do you take punched cards, and from when on?', ${old}
     FROM chat, generate_series(1, ${ROWS.messagesPerChat}) n`,
    given,
  )
  await sql.query(
    `INSERT INTO "Meeting" ("id", "workspaceId", "agentId", "personId", "startsAt", "endsAt", "timeZone",
       "subject", "body", "subjectTemplate", "bodyTemplate", "agenda", "bookedBy", "routedBy", "bookedAt")
     SELECT gen_random_uuid(), $1, $2, (SELECT p FROM visit LIMIT 1), ${old} + n * interval '1 second',
       ${old} + n * interval '1 second' + interval '1 hour', 'UTC', 'A meeting', 'About compilers', '', '', 'Compilers',
       'visitor', 'Round robin', ${old}
     FROM generate_series(1, ${ROWS.meetings}) n`,
    given,
  )
  await sql.query(
    `INSERT INTO "RoutingDecision" ("id", "workspaceId", "kind", "decidedAt", "agentId", "pool", "steps")
     SELECT gen_random_uuid(), $1, 'MEETING', ${old} + n * interval '1 second', $2, 'Round robin', '[]'
     FROM generate_series(1, ${ROWS.decisions}) n`,
    given,
  )
  await sql.query('ANALYZE')
}

/** A visitor after the other comes to the website.
 * @returns stops, and returns how long each call took, in milliseconds */
function visitAgainAndAgain({ url }: Installation, publicKey: string): () => Promise<number[]> {
  const times: number[] = []
  let isOver = false
  const body = JSON.stringify({ query: START_VISIT, variables: { input: { publicKey } } })
  const visit = async () => {
    while (!isOver) {
      const start = performance.now()
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
      const { data } = await answer.json()
      if (data?.startVisit.__typename !== 'Visit') throw new Error(JSON.stringify(data))
      times.push(performance.now() - start)
    }
  }
  const visiting = visit()
  return async () => {
    isOver = true
    await visiting
    return times
  }
}

const row = (name: string, cells: (string | number)[]) => console.log([name, ...cells].join('\t'))

async function measure(installation: Installation): Promise<void> {
  const { app, sql } = installation
  const { workspaceId, agentIds } = await insertWorkspace(installation, { agents: 1, hours: HOURS })
  await fill(installation, { workspaceId, agentId: agentIds[0] ?? '' })
  const { rows } = await sql.query<{ publicKey: string }>('SELECT "publicKey" FROM "Workspace"')
  const publicKey = rows[0]?.publicKey ?? ''
  const stopQuiet = visitAgainAndAgain(installation, publicKey)
  await new Promise((resolve) => setTimeout(resolve, QUIET_FOR))
  const quiet = percentiles(await stopQuiet())
  const portions = new Map<string, { times: number[]; removed: number }>()
  const stopBusy = visitAgainAndAgain(installation, publicKey)
  const start = performance.now()
  let runs = 0
  for (let isDone = false; !isDone; runs += 1) {
    isDone = true
    await sweep(app.services, {
      onPortion: ({ rule, removed, milliseconds }) => {
        const of = portions.get(rule) ?? { times: [], removed: 0 }
        of.times.push(milliseconds)
        of.removed += removed
        portions.set(rule, of)
        if (removed > 0) isDone = false
      },
    })
  }
  const seconds = (performance.now() - start) / 1000
  const busy = percentiles(await stopBusy())
  console.log('rule\trows\tportions\tp50 ms\tp99 ms\trows/s')
  for (const [rule, { times, removed }] of portions) {
    const { p50, p99 } = percentiles(times)
    const total = times.reduce((sum, time) => sum + time, 0) / 1000
    row(rule, [removed, times.length, p50.toFixed(1), p99.toFixed(1), (removed / total).toFixed(0)])
  }
  console.log(`all: ${seconds.toFixed(0)} s in ${runs} runs`)
  row('startVisit without the sweep', [`p50 ${quiet.p50.toFixed(1)} ms`, `p99 ${quiet.p99.toFixed(1)} ms`])
  row('startVisit during the sweep', [`p50 ${busy.p50.toFixed(1)} ms`, `p99 ${busy.p99.toFixed(1)} ms`])
}

console.log(describeMachine())
await withInstallation(NOW, async (installation) => {
  console.log(await describePostgres(installation))
  await measure(installation)
})
process.exit()
