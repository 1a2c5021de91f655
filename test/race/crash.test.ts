// The process is killed at random moments, as by a power failure, while clients book and move meetings and mails are sent.
// Afterwards all promises must hold in the database and in the mails, which are read without the program's own code.
// CRASH_SEED repeats the moments of a run, as far as the machine is equally fast.
import { randomInt } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { killServerProcesses, type MeetingResult } from '../kit/server-process.ts'
import {
  BOOKINGS,
  CRASHES_DEADLINE_MS,
  type CrashRun,
  finishJobs,
  isMoved,
  JOBS_DEADLINE_MS,
  KILLS,
  MOVES,
  prepareCrashRun,
  runThroughCrashes,
} from './crash-run.ts'

const seed = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31))
const runs = {} as Record<'folder' | 'smtp', CrashRun>

interface Mail {
  messageId: string
  /** Meeting, revision and recipient. */
  about: string
  raw: Buffer
}

beforeAll(async () => {
  console.log(`CRASH_SEED=${seed}`)
  runs.folder = await prepareCrashRun('folder')
  runs.smtp = await prepareCrashRun('smtp')
  await Promise.all([runThroughCrashes(runs.folder, seed), runThroughCrashes(runs.smtp, seed + 1)])
  await Promise.all([finishJobs(runs.folder), finishJobs(runs.smtp)])
}, CRASHES_DEADLINE_MS + JOBS_DEADLINE_MS)
afterAll(async () => {
  await killServerProcesses()
  for (const run of Object.values(runs)) await run.remove()
})

describe.each(['folder', 'smtp'] as const)('after crashes, with mail going to: %s,', (name) => {
  const query = async (text: string) => (await runs[name].sql.query(text)).rows

  it('every answered call had its effect once, and as it was answered', async () => {
    const { answers } = runs[name]
    expect(answers.size).toBe(BOOKINGS + MOVES)
    const meetings = await query(
      'SELECT "body", "id"::text, "agentId"::text, "startsAt", "status" FROM "Meeting"',
    )
    const expected = Array.from({ length: BOOKINGS }, (_one, number) => {
      const key = `book ${number}`
      const { id, agent, startsAt } = answers.get(isMoved(number) ? `move ${number}` : key) as MeetingResult
      const status = isMoved(number) ? 'RESCHEDULED' : 'SCHEDULED'
      return { body: key, id: uuidOf(id), agentId: uuidOf(agent.id), startsAt: new Date(startsAt), status }
    })
    expect(meetings.sort(byNumber)).toEqual(expected)
    const keys = await query('SELECT "key", "outcome" FROM "IdempotencyKey"')
    const outcomes = [...answers].map(([key, { id }]) => ({ key, outcome: uuidOf(id) }))
    expect(keys).toHaveLength(outcomes.length)
    expect(keys).toEqual(expect.arrayContaining(outcomes))
  })

  it('every meeting has its reservation, decision and history, and no change is incomplete', async () => {
    const complete = await query(`
      SELECT FROM "Meeting" m
      WHERE (SELECT count(*) FROM "Reservation" r WHERE r."meetingId" = m."id" AND r."agentId" = m."agentId"
          AND r."startsAt" = m."startsAt" AND r."expiresAt" IS NULL) = 1
        AND (SELECT count(*) FROM "RoutingDecision" d
          WHERE d."meetingId" = m."id" AND d."agentId" = m."agentId") = 1
        AND (SELECT array_agg(c."kind"::text || c."revision" ORDER BY c."id") FROM "MeetingChange" c
          WHERE c."meetingId" = m."id") = CASE m."status"
            WHEN 'RESCHEDULED' THEN ARRAY['BOOKED0', 'RESCHEDULED1'] ELSE ARRAY['BOOKED0'] END
        AND m."calendarSync" = 'WRITTEN'`)
    expect(complete).toHaveLength(BOOKINGS)
    for (const table of ['Reservation', 'RoutingDecision']) {
      expect(await query(`SELECT FROM "${table}"`)).toHaveLength(BOOKINGS)
    }
    // Without the scheduled jobs, which run four times an hour.
    const jobs = await query(`
      SELECT name, count(*)::int AS jobs FROM pgboss.job
      WHERE name NOT IN ('tidy', '__pgboss__send-it') GROUP BY name ORDER BY name`)
    expect(jobs).toEqual([{ name: 'meeting-mail', jobs: expect.any(Number) }])
    // A mail that has to wait is enlisted once more.
    expect(jobs[0]?.jobs).toBeGreaterThanOrEqual(2 * (BOOKINGS + MOVES))
    const written = await query(`
      SELECT FROM "CalendarEntry" e JOIN "Meeting" m ON m."id" = e."meetingId" AND m."agentId" = e."agentId"
      WHERE e."dueAt" IS NULL AND e."revision" = m."revision"`)
    expect(written).toHaveLength(BOOKINGS)
  })

  it("every change is published once in the agent's stream and once in the workspace's, without gaps", async () => {
    const published = await query(`
      SELECT FROM "MeetingChange" c JOIN "Event" e ON e."payload"->>'changeId' = c."id"::text
      WHERE e."type" = 'MeetingChanged' AND e."payload"->>'meetingId' = c."meetingId"::text
      GROUP BY c."id" HAVING array_agg(e."streamId" ORDER BY e."streamId")
        = ARRAY['agent:' || c."agentId", 'workspace:' || c."workspaceId"]`)
    expect(published).toHaveLength(BOOKINGS + MOVES)
    const gaps = await query(`
      SELECT s."id" FROM "EventStream" s LEFT JOIN "Event" e ON e."streamId" = s."id"
      GROUP BY s."id" HAVING count(e) <> s."head" OR min(e."seq") <> 1 OR max(e."seq") <> s."head"`)
    expect(gaps).toEqual([])
  })

  it('visitor and agent know the present state, by one mail a change, with the same content each time it was sent', async () => {
    const mails = await readMails(runs[name])
    // Changes within a minute become one mail, so that of a replaced change there may be none.
    const changes = await query(`
      SELECT concat_ws(' ', m."id", c."revision", reader."email") AS about, c."revision" = m."revision" AS "isPresent"
      FROM "Meeting" m JOIN "MeetingChange" c ON c."meetingId" = m."id"
      JOIN "Agent" a ON a."id" = m."agentId" JOIN "Person" p ON p."id" = m."personId"
      CROSS JOIN LATERAL (VALUES (a."email"), (p."email")) reader("email")`)
    const present = changes.flatMap(({ about, isPresent }) => (isPresent ? [about] : []))
    expect(present).toHaveLength(2 * BOOKINGS)
    const byId = Map.groupBy(mails, ({ messageId }) => messageId)
    const abouts = [...byId.values()].flatMap(([mail]) => mail?.about ?? [])
    expect(new Set(abouts).size).toBe(abouts.length)
    expect(abouts).toEqual(expect.arrayContaining(present))
    expect(changes.map(({ about }) => about)).toEqual(expect.arrayContaining(abouts))
    const differing = mails.filter(({ messageId, raw }) => !byId.get(messageId)?.[0]?.raw.equals(raw))
    expect(differing).toEqual([])
  })
})

it('the kills came during the bookings, before and after the effects of calls', () => {
  for (const { bookedAtKills, lostAnswers, effectsWithoutAnswer } of Object.values(runs)) {
    const kills = `Killed after ${bookedAtKills.join(', ')} bookings`
    console.log(
      `${kills}: ${lostAnswers} answers lost, ${effectsWithoutAnswer} to calls that had had their effect`,
    )
  }
  const { bookedAtKills, lostAnswers, effectsWithoutAnswer } = runs.folder
  expect(bookedAtKills.filter((count) => count < BOOKINGS)).toHaveLength(KILLS)
  expect(lostAnswers).toBeGreaterThan(effectsWithoutAnswer)
  expect(effectsWithoutAnswer + runs.smtp.effectsWithoutAnswer).toBeGreaterThan(0)
})

it('some kills came between the sending of a mail and its record, so that mails were sent again', async () => {
  const mails = await readMails(runs.smtp)
  const ids = new Set(mails.map(({ messageId }) => messageId))
  console.log(`${mails.length - ids.size} of ${ids.size} mails were sent again`)
  expect(mails.length).toBeGreaterThan(ids.size)
})

const byNumber = (one: { body: string }, other: { body: string }) =>
  Number(one.body.split(' ')[1]) - Number(other.body.split(' ')[1])

async function readMails({ folder, sink }: CrashRun): Promise<Mail[]> {
  if (sink !== null) return Promise.all(sink.received.map(({ raw }) => readMail(raw)))
  const files = await readdir(join(folder, 'mail'))
  const mails = files.filter((file) => file.endsWith('.eml'))
  return Promise.all(mails.map(async (file) => readMail(await readFile(join(folder, 'mail', file)))))
}

async function readMail(raw: Buffer): Promise<Mail> {
  const { messageId = '', to, attachments } = await simpleParser(raw)
  const calendar = attachments[0]?.content.toString() ?? ''
  const meetingId = /^UID:(\S+)/m.exec(calendar)?.[1]
  const revision = /^SEQUENCE:(\d+)/m.exec(calendar)?.[1]
  const recipients = [to].flat().flatMap((list) => list?.value.map(({ address }) => address))
  return { messageId, about: [meetingId, revision, ...recipients].join(' '), raw }
}

function uuidOf(globalId: string): string {
  return Buffer.from(globalId, 'base64').toString().split(':')[1] ?? ''
}
