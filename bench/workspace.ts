// Workspaces for benchmarks: inserts agents with hours, meetings and visitors in bulk, bypassing the application.
import { VISITOR_TOKEN_PREFIX } from '../src/services/identity/authenticate.ts'
import { createWorkspace } from '../src/services/workspaces/create-workspace.ts'
import type { Installation } from './installation.ts'

export interface Hours {
  weekly: { weekday: number; start: number; end: number }[]
  durationMinutes: number
  minimumNoticeMinutes: number
  bookingWindowDays: number
}

/** The hours for live chat. */
const AROUND_THE_CLOCK = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 1440 }))

/** Creates a workspace of agents with a connected calendar and the same hours for meetings, in UTC. For live chat they
 * are open around the clock.
 * @returns the ids; those of the agents are in the order of turns */
export async function insertWorkspace(
  { app, sql, now }: Installation,
  { agents, hours }: { agents: number; hours: Hours },
): Promise<{ workspaceId: string; agentIds: string[] }> {
  const { workspace, roleIds } = await app.services.database.$transaction((tx) =>
    createWorkspace(tx, { name: `${agents} agents`, timeZone: 'UTC', allowedOrigins: [], now }),
  )
  const { rows } = await sql.query<{ id: string }>(
    `WITH agent AS (
       INSERT INTO "Agent" ("id", "workspaceId", "name", "email", "createdAt")
       SELECT gen_random_uuid(), $1, 'Agent ' || number, number || '@agents.test', $3
       FROM generate_series(1, $4::int) AS number RETURNING "id"
     ), role AS (
       INSERT INTO "AgentRole" ("workspaceId", "agentId", "roleId") SELECT $1, "id", $2 FROM agent
     ), hours AS (
       INSERT INTO "MeetingAvailability" ("workspaceId", "agentId", "timeZone", "weekly", "overrides",
         "durationMinutes", "minimumNoticeMinutes", "bookingWindowDays")
       SELECT $1, "id", 'UTC', $5, '[]', $6, $7, $8 FROM agent
     ), calendar AS (
       INSERT INTO "CalendarConnection"
         ("id", "workspaceId", "agentId", "provider", "accountEmail", "state", "connectedAt")
       SELECT gen_random_uuid(), $1, "id", 'BUILT_IN', "id" || '@agents.test', 'CONNECTED', $3 FROM agent
     ), place AS (
       INSERT INTO "RoutingPlace" ("workspaceId", "kind", "agentId", "position")
       SELECT $1, 'MEETING', "id", row_number() OVER (ORDER BY "id") FROM agent
     ), chat_place AS (
       INSERT INTO "RoutingPlace" ("workspaceId", "kind", "agentId", "position")
       SELECT $1, 'LIVE_CHAT', "id", row_number() OVER (ORDER BY "id") FROM agent
     ), chat_hours AS (
       INSERT INTO "LiveChatAvailability" ("workspaceId", "agentId", "timeZone", "weekly", "overrides")
       SELECT $1, "id", 'UTC', $9, '[]' FROM agent
     )
     SELECT "id" FROM agent ORDER BY "id"`,
    [
      workspace.id,
      roleIds.get('Agent'),
      now,
      agents,
      JSON.stringify(hours.weekly),
      hours.durationMinutes,
      hours.minimumNoticeMinutes,
      hours.bookingWindowDays,
      JSON.stringify(AROUND_THE_CLOCK),
    ],
  )
  return { workspaceId: workspace.id, agentIds: rows.map(({ id }) => id) }
}

/** Inserts five standing meetings for every agent of a workspace on each of 30 days: one in every two hours from 08:00
 * to 18:00 UTC, 15 to 60 minutes long, and the same in every run. */
export async function insertMeetings(
  installation: Installation,
  { workspaceId, from }: { workspaceId: string; from: Date },
): Promise<void> {
  const { sql, now } = installation
  const [visitor] = await insertVisitors(installation, { workspaceId, count: 1 })
  await sql.query(
    `WITH time AS (
       SELECT "agentId", (8 + 2 * number) * interval '1 hour' + day * interval '1 day' AS hour,
         abs(hashint4("position" * 1000 + day * 10 + number)) AS random
       FROM "RoutingPlace", generate_series(0, 29) AS day, generate_series(0, 4) AS number
       WHERE "workspaceId" = $1 AND "kind" = 'MEETING'
     ), meeting AS (
       INSERT INTO "Meeting" ("id", "workspaceId", "agentId", "personId", "startsAt", "endsAt", "timeZone",
         "subject", "body", "subjectTemplate", "bodyTemplate", "agenda", "bookedBy", "routedBy", "bookedAt")
       SELECT gen_random_uuid(), $1, "agentId", $2, $4::timestamptz + hour + random % 4 * interval '15 min',
         $4::timestamptz + hour + (1 + random % 4 + random / 4 % 4) * interval '15 min',
         'UTC', 'A meeting', '', 'A meeting', '', '', 'visitor', 'Round robin', $3
       FROM time ORDER BY hour
       RETURNING *
     )
     INSERT INTO "Reservation" ("id", "workspaceId", "agentId", "startsAt", "endsAt", "blockedUntil", "meetingId")
     SELECT gen_random_uuid(), $1, "agentId", "startsAt", "endsAt", "endsAt", "id" FROM meeting`,
    [workspaceId, visitor?.personId, now, from],
  )
}

export interface SeededVisitor {
  visitorId: string
  personId: string
  token: string
}

/** Inserts anonymous visitors, as `startVisit` creates them. */
export async function insertVisitors(
  { sql, now }: Installation,
  { workspaceId, count }: { workspaceId: string; count: number },
): Promise<SeededVisitor[]> {
  const { rows } = await sql.query<SeededVisitor>(
    `WITH person AS (
       INSERT INTO "Person" ("id", "workspaceId", "createdAt")
       SELECT gen_random_uuid(), $1, $2 FROM generate_series(1, $3::int) RETURNING "id"
     )
     INSERT INTO "Visitor" ("id", "workspaceId", "personId", "tokenHash", "createdAt", "expiresAt")
     SELECT gen_random_uuid(), $1, "id", sha256(convert_to($4 || "id", 'UTF8')), $2,
       $2::timestamptz + interval '30 days'
     FROM person
     RETURNING "id" AS "visitorId", "personId", $4 || "personId" AS "token"`,
    [workspaceId, now, count, VISITOR_TOKEN_PREFIX],
  )
  return rows
}
