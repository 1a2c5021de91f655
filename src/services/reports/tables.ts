// The tables of exported reports, each in one statement. They name their columns as the API does.
import { Prisma } from '../../database/generated/client/client.ts'
import type { DialogueKind } from '../../database/generated/client/enums.ts'
import type { Database } from '../../database/open.ts'
import { CHAT_COUNTS, type ChatCounts, isRequest, REQUESTED_AT } from './count-chats.ts'
import { DIALOGUE_NUMBERS, type DialogueNumbers, KINDS } from './count-dialogues.ts'
import { BOOKED_AT, isReported, MEETING_COUNTS, type MeetingCounts } from './count-meetings.ts'
import type { Cell } from './csv.ts'
import { dayOf, isInRange } from './in-range.ts'
import type { OpenReport } from './open-report.ts'

export interface Table {
  /** Without the date. */
  header: string[]
  /** By date, and then by name. */
  rows: { day: number; cells: Cell[] }[]
}

/** How many rows a table may have, without its header. */
export const MAX_ROWS = 20_000

/** One more row tells that there are too many. */
const LIMIT = Prisma.sql`LIMIT ${MAX_ROWS + 1}`

interface Agent {
  day: number
  /** null: no agent. */
  agent: string | null
  email: string | null
}

const SECONDS_PER_MINUTE = 60

export async function readDialogueTable(database: Database, report: OpenReport): Promise<Table> {
  const at = Prisma.sql`c."at"`
  const numbers = DIALOGUE_NUMBERS.map(
    (name) =>
      Prisma.sql`count(*) FILTER (WHERE c."kind" = ${KINDS[name]}::"DialogueCountKind")::int AS ${Prisma.raw(`"${name}"`)}`,
  )
  const rows = await database.$queryRaw<
    ({ day: number; name: string; dialogueKind: DialogueKind } & DialogueNumbers)[]
  >`
    SELECT ${dayOf(at, report.range)} AS "day", d."name", d."kind"::text AS "dialogueKind", ${Prisma.join(numbers)}
    FROM "DialogueCount" c JOIN "Dialogue" d ON d."id" = c."dialogueId"
    WHERE c."workspaceId" = ${report.workspaceId}::uuid AND ${isInRange(at, report.range)}
      AND c."kind" = ANY (${Object.values(KINDS)}::text[]::"DialogueCountKind"[])
    GROUP BY 1, d."id" ORDER BY 1, d."name", d."id" ${LIMIT}`
  return {
    header: ['dialogue', 'kind', ...DIALOGUE_NUMBERS],
    rows: rows.map(({ day, name, dialogueKind, ...numbers }) => ({
      day,
      cells: [name, dialogueKind, ...DIALOGUE_NUMBERS.map((number) => numbers[number])],
    })),
  }
}

export async function readMeetingTable(database: Database, report: OpenReport): Promise<Table> {
  const rows = await database.$queryRaw<(Agent & MeetingCounts)[]>`
    SELECT ${dayOf(BOOKED_AT, report.range)} AS "day", a."name" AS "agent", a."email", ${MEETING_COUNTS}
    FROM "Meeting" m JOIN "Agent" a ON a."id" = m."agentId"
    WHERE ${isReported(report)}
    GROUP BY 1, a."id" ORDER BY 1, a."name", a."id" ${LIMIT}`
  return {
    header: ['agent', 'email', 'booked', 'cancelled', 'noShows'],
    rows: rows.map(({ day, agent, email, booked, cancelled, noShows }) => ({
      day,
      cells: [agent, email, booked, cancelled, noShows],
    })),
  }
}

/** By the agents who had the chats in the end. */
export async function readChatTable(database: Database, report: OpenReport): Promise<Table> {
  const rows = await database.$queryRaw<(Agent & ChatCounts)[]>`
    SELECT ${dayOf(REQUESTED_AT, report.range)} AS "day", a."name" AS "agent", a."email", ${CHAT_COUNTS}
    FROM "Conversation" c LEFT JOIN "Agent" a ON a."id" = c."agentId"
    WHERE ${isRequest(report)}
    GROUP BY 1, a."id" ORDER BY 1, a."name" NULLS LAST, a."id" ${LIMIT}`
  return {
    header: ['agent', 'email', 'requested', 'connected', 'missed', 'abandoned', 'averageMinutes'],
    rows: rows.map(({ day, agent, email, over, seconds, ...counts }) => ({
      day,
      cells: [
        ...[agent, email, counts.requested, counts.connected, counts.missed, counts.abandoned],
        over === 0 ? null : Math.round((seconds / over / SECONDS_PER_MINUTE) * 100) / 100,
      ],
    })),
  }
}
