// Reports of 24 months: over a million counter rows, and over meetings and live chats.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { signDemoToken } from '../../src/services/identity/demo-token.ts'
import { createClient, measureInTurn } from '../in-turn.ts'
import type { Installation } from '../installation.ts'
import { statementsOf } from '../statements.ts'
import { insertVisitors, insertWorkspace } from '../workspace.ts'
import type { Line } from './line.ts'

const HOURS = { weekly: [], durationMinutes: 30, minimumNoticeMinutes: 0, bookingWindowDays: 60 }
const AGENTS = 20
const DIALOGUES = 20
const COUNTS = 1_000_000
const MEETINGS = 100_000
const CHATS = 20_000
const MESSAGES_PER_CHAT = 10
const BAR = { percentile: 50, ms: 200 } as const
/** Of one dialogue: 50 cards are some 20 KiB. */
const CARDS = 50
const VERSIONS = 50

const FIRST = '2024-12-01'
const LAST = '2026-11-30'
const RANGE = `from: "${FIRST}", to: "${LAST}", timeZone: "Europe/Berlin"`
const NUMBERS = 'triggered engaged completed peopleAcquired meetingsBooked goalsReached'

/** In SQL: a random instant of the range. */
const SOMETIME = `timestamptz '${FIRST}' + random() * (timestamptz '${LAST}' - timestamptz '${FIRST}')`

interface Scene {
  workspaceId: string
  agentIds: string[]
}

/** Each visit is one of the dialogues, and counts five times. */
async function fillDialogues({ sql }: Installation, { workspaceId }: Scene): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO "Dialogue" ("id", "workspaceId", "kind", "name", "priority", "draft", "createdAt", "updatedAt")
     SELECT gen_random_uuid(), $1, 'DIALOGUE', 'Dialogue ' || n, n, '{}', now(), now()
     FROM generate_series(1, $2::int) n RETURNING "id"`,
    [workspaceId, DIALOGUES],
  )
  const ids = rows.map(({ id }) => id)
  await sql.query(
    `INSERT INTO "DialogueCount" ("workspaceId", "dialogueId", "kind", "visitorId", "sessionId", "occurrence", "at", "known")
     SELECT $1, visit.d, kind.k, visit.v, visit.v, CASE WHEN kind.n > 4 THEN visit.n::text ELSE '' END,
       visit.at + kind.n * interval '10 s', visit.n % 3 = 0
     FROM (SELECT n, ($2::uuid[])[1 + n % $3] AS d, gen_random_uuid() AS v, ${SOMETIME} AS at
       FROM generate_series(1, $4::int) n) visit,
       unnest(ARRAY['TRIGGERED', 'ENGAGED', 'COMPLETED', 'PERSON_ACQUIRED', 'GOAL_REACHED']::"DialogueCountKind"[])
         WITH ORDINALITY AS kind(k, n)`,
    [workspaceId, ids, DIALOGUES, COUNTS / 5],
  )
  return ids
}

/** One dialogue with many cards: each visit counts ten times, seven of them for cards.
 * @returns its global id */
async function fillCards({ sql }: Installation, { workspaceId }: Scene): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO "Dialogue" ("id", "workspaceId", "kind", "name", "priority", "draft", "createdAt", "updatedAt")
     VALUES (gen_random_uuid(), $1, 'DIALOGUE', 'Welcome', 1, '{}', now(), now()) RETURNING "id"`,
    [workspaceId],
  )
  const dialogueId = rows[0]?.id ?? ''
  const cards = `SELECT jsonb_agg(jsonb_build_object('key', 'card-' || n, 'kind', 'QUESTION', 'next', 'card-' || n + 1,
    'text', repeat('What do you look for? ', 10))) FROM generate_series(1, ${CARDS}) n`
  await sql.query(
    `INSERT INTO "DialogueVersion" ("id", "workspaceId", "dialogueId", "number", "hash", "definition", "publishedAt")
     SELECT gen_random_uuid(), $1, $2, n, uuid_send(gen_random_uuid()),
       jsonb_build_object('start', 'card-1', 'cards', (${cards})), timestamptz '${FIRST}' + n * interval '1 week'
     FROM generate_series(1, ${VERSIONS}) n`,
    [workspaceId, dialogueId],
  )
  await sql.query(
    `INSERT INTO "DialogueCount" ("workspaceId", "dialogueId", "kind", "visitorId", "sessionId", "occurrence", "at", "known")
     SELECT $1, $2, kind.k, visit.v, visit.v,
       CASE WHEN kind.n > 3 THEN 'card-' || 1 + (visit.n + kind.n / 2) % ${CARDS} ELSE '' END,
       visit.at + kind.n * interval '10 s', visit.n % 3 = 0
     FROM (SELECT n, gen_random_uuid() AS v, ${SOMETIME} AS at FROM generate_series(1, $3::int) n) visit,
       unnest(ARRAY['TRIGGERED', 'ENGAGED', 'COMPLETED', 'CARD_SHOWN', 'CARD_ANSWERED', 'CARD_SHOWN', 'CARD_ANSWERED',
         'CARD_SHOWN', 'CARD_ANSWERED', 'CARD_SHOWN']::"DialogueCountKind"[]) WITH ORDINALITY AS kind(k, n)`,
    [workspaceId, dialogueId, COUNTS / 10],
  )
  return encodeGlobalID('Dialogue', dialogueId)
}

async function fillMeetings(installation: Installation, { workspaceId, agentIds }: Scene): Promise<void> {
  const [visitor] = await insertVisitors(installation, { workspaceId, count: 1 })
  await installation.sql.query(
    `INSERT INTO "Meeting" ("id", "workspaceId", "agentId", "personId", "startsAt", "endsAt", "timeZone", "status",
       "subject", "body", "subjectTemplate", "bodyTemplate", "agenda", "bookedBy", "routedBy", "bookedAt")
     SELECT gen_random_uuid(), $1, ($2::uuid[])[1 + n % $3], $4, now(), now() + interval '1 hour', 'UTC',
       CASE WHEN n % 10 = 0 THEN 'CANCELLED' ELSE 'SCHEDULED' END::"MeetingStatus", 'A meeting', 'About compilers',
       '', '', 'Compilers', 'visitor', 'Round robin', ${SOMETIME}
     FROM generate_series(1, ${MEETINGS}) n`,
    [workspaceId, agentIds, AGENTS, visitor?.personId],
  )
}

async function fillChats(installation: Installation, { workspaceId, agentIds }: Scene): Promise<void> {
  const [visitor] = await insertVisitors(installation, { workspaceId, count: 1 })
  await installation.sql.query(
    `WITH chat AS (
       INSERT INTO "Conversation" ("id", "workspaceId", "personId", "visitorId", "state", "agentId", "target", "messageCount",
         "requestedAt", "acceptedAt", "endedAt", "lastMessageAt", "lastActiveAt")
       SELECT gen_random_uuid(), $1, $5, $4, 'ENDED', ($2::uuid[])[1 + n % $3], '{"roundRobin": true}',
         ${MESSAGES_PER_CHAT}, at, at + interval '10 s', at + interval '9 min', at, at
       FROM (SELECT n, ${SOMETIME} AS at FROM generate_series(1, ${CHATS}) n) asked RETURNING *
     ), offer AS (
       INSERT INTO "ChatOffer" ("id", "workspaceId", "conversationId", "agentId", "state", "attempt", "offeredAt",
         "expiresAt", "settledAt", "capacity")
       SELECT gen_random_uuid(), $1, "id", "agentId", 'ACCEPTED', 1, "requestedAt", "requestedAt", "requestedAt", 5 FROM chat
     )
     INSERT INTO "Message" ("id", "workspaceId", "conversationId", "seq", "author", "agentId", "text", "sentAt")
     SELECT gen_random_uuid(), $1, "id", n, CASE WHEN n % 2 = 0 THEN 'AGENT' ELSE 'VISITOR' END::"Author",
       CASE WHEN n % 2 = 0 THEN "agentId" END, 'Do you take punched cards, and from when on?',
       "requestedAt" + n * interval '40 s'
     FROM chat, generate_series(1, ${MESSAGES_PER_CHAT}) n`,
    [workspaceId, agentIds, AGENTS, visitor?.visitorId, visitor?.personId],
  )
}

interface Measured {
  name: string
  rows: number
  query: string
  /** Reads the same rows with a plain driver. */
  reading: string
  bar?: Line['bar']
  /** Who asks; left out: the administrator of the first workspace. */
  token?: string
}

async function insertAdministrator(
  { app, sql }: Installation,
  { workspaceId, agentIds }: Scene,
): Promise<string> {
  const agentId = agentIds[0] ?? ''
  await sql.query(
    `INSERT INTO "AgentRole" ("workspaceId", "agentId", "roleId")
     SELECT $1, $2, "id" FROM "Role" WHERE "workspaceId" = $1 AND "name" = 'Administrator'`,
    [workspaceId, agentId],
  )
  return signDemoToken(app.services.signer, agentId)
}

export async function measureReports(installation: Installation): Promise<Line[]> {
  const scene = await insertWorkspace(installation, { agents: AGENTS, hours: HOURS })
  const { workspaceId } = scene
  const token = await insertAdministrator(installation, scene)
  await fillDialogues(installation, scene)
  // In another workspace, so that the first one has a million rows in all.
  const others = await insertWorkspace(installation, { agents: 1, hours: HOURS })
  const dialogueId = await fillCards(installation, others)
  const othersToken = await insertAdministrator(installation, others)
  await fillMeetings(installation, scene)
  await fillChats(installation, scene)
  await installation.sql.query('VACUUM ANALYZE')
  const counted = `SELECT count(*) FROM "DialogueCount" WHERE "workspaceId" = '${workspaceId}'`
  const chats = `"Conversation" WHERE "workspaceId" = '${workspaceId}'`
  const measured: Measured[] = [
    {
      name: 'all dialogues, with days',
      rows: COUNTS,
      query: `{ reports(${RANGE}) { dialogues { ${NUMBERS} days { date ${NUMBERS} } } } }`,
      reading: counted,
      bar: BAR,
    },
    {
      name: 'one dialogue, with days and cards',
      rows: COUNTS,
      query: `{ node(id: "${dialogueId}") { ... on Dialogue { report(${RANGE}) {
        ${NUMBERS} days { date ${NUMBERS} } cards { cardKey shown answered left }
      } } } }`,
      reading: `SELECT count(*) FROM "DialogueCount" WHERE "workspaceId" = '${others.workspaceId}'`,
      bar: BAR,
      token: othersToken,
    },
    {
      name: 'the ten dialogues that did most',
      rows: COUNTS,
      query: `{ reports(${RANGE}) { byDialogue(first: 10) { name ${NUMBERS} } } }`,
      reading: counted,
      bar: BAR,
    },
    {
      name: 'all dialogues, known visitors',
      rows: Math.round(COUNTS / 3),
      query: `{ reports(${RANGE}) { dialogues(known: true) { ${NUMBERS} days { date ${NUMBERS} } } } }`,
      reading: `${counted} AND "known"`,
    },
    {
      name: 'meetings, by day and agent',
      rows: MEETINGS,
      query: `{ reports(${RANGE}) { meetings { booked cancelled days { date count } byAgent { agent { name } count } } } }`,
      reading: `SELECT count(*) FROM "Meeting" WHERE "workspaceId" = '${workspaceId}'`,
    },
    {
      name: 'live chats, by day and agent',
      rows: CHATS,
      query: `{ reports(${RANGE}) { liveChat { requested averageMinutes days { date missed } byAgent { agent { name } connected } } } }`,
      reading: `SELECT count(*) FROM ${chats}`,
    },
    {
      name: 'response times of live chats',
      rows: CHATS * MESSAGES_PER_CHAT,
      query: `{ reports(${RANGE}) { liveChat { averageResponseSeconds } } }`,
      reading: `SELECT count(*) FROM "Message" WHERE "conversationId" IN (SELECT "id" FROM ${chats})`,
    },
  ]
  const lines: Line[] = []
  for (const each of measured) lines.push(await measure(installation, { token, ...each }))
  return lines
}

async function measure(
  { url, sql }: Installation,
  { token, name, rows, query, reading, bar = null }: Measured & { token: string },
): Promise<Line> {
  const ask = createClient(url, token)
  const read = () => ask({ query })
  const statements = (await statementsOf(read)).length
  const [times = [], nothing = [], readings = []] = await measureInTurn([
    read,
    () => ask({ query: '{ __typename }' }),
    () => sql.query({ name, text: reading }),
  ])
  return { name, rows, times, nothing, reading: readings, statements, bar }
}
