// Starts an installation that is registered with emulators of Google and Microsoft, which run in a separate process,
// and connects agents whose calendars are there.
import { readConfig } from '../../src/config/read-config.ts'
import { applyRemoteChange } from '../../src/services/booking/meetings/apply-remote-change.ts'
import { CALENDAR_REGISTRATIONS } from '../../src/services/calendars/providers.ts'
import { runCalendarWork } from '../../src/services/calendars/worker/calendar-worker.ts'
import { Child } from '../fanout/child.ts'
import { type Installation, withInstallation } from '../installation.ts'
import { officeHours } from '../slots.ts'
import { insertVisitors, insertWorkspace } from '../workspace.ts'
import type { Account, Provider } from './emulators.ts'

export const NOW = Date.UTC(2026, 9, 12)
export const HOURS = {
  weekly: officeHours(),
  durationMinutes: 30,
  minimumNoticeMinutes: 0,
  bookingWindowDays: 60,
}
const HOUR = 60 * 60_000

export interface CalendarStage extends Installation {
  emulators: Child
  /** The errors so far. The emulators cause none except by late answers on a busy machine. */
  faults: unknown[]
  /** Advances the clock of this program and of the emulators. */
  advance(milliseconds: number): Promise<void>
}

export async function withCalendarStage(work: (stage: CalendarStage) => Promise<void>): Promise<void> {
  const emulators = new Child(new URL('emulators.ts', import.meta.url))
  const faults: unknown[] = []
  let now = NOW
  const clock = { now: () => new Date(now), at: () => () => {} }
  const advance = async (milliseconds: number) => {
    now += milliseconds
    await emulators.ask('setClock', now)
  }
  await advance(0)
  const environment = await emulators.ask<Record<string, string>>('environment')
  const { calendars } = readConfig({ environment, calendars: CALENDAR_REGISTRATIONS })
  await withInstallation(NOW, (installation) => work({ ...installation, emulators, faults, advance }), {
    clock,
    calendars,
    onError: (error) => void faults.push(error),
  })
  await emulators.stop()
}

/** Connects agents whose calendars are due now.
 * @returns the id of their workspace */
export async function connectAgents(
  stage: CalendarStage,
  { provider, count, events }: { provider: Provider; count: number; events: number },
): Promise<string> {
  const { emulators, sql, app } = stage
  const { workspaceId, agentIds } = await insertWorkspace(stage, { agents: count, hours: HOURS })
  const accounts = await emulators.ask<Account[]>('addAccounts', { provider, count, events, days: 60 })
  const { rows } = await sql.query<{ id: string; number: number }>(
    `UPDATE "CalendarConnection" c SET "provider" = $1::text::"CalendarProvider", "accountEmail" = a."email",
       "subject" = a."email", "syncDueAt" = $2
     FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS a("agentId", "email", "number")
     WHERE c."agentId" = a."agentId" RETURNING c."id", a."number"::int`,
    [provider, new Date(NOW), agentIds, accounts.map(({ email }) => email)],
  )
  const seal = (text: string | undefined, id: string) => app.services.secrets.seal(text ?? '', id)
  await app.services.database.calendarCredential.createMany({
    data: rows.map(({ id, number }) => ({
      workspaceId,
      connectionId: id,
      accessExpiresAt: new Date(NOW + HOUR),
      accessToken: seal(accounts[number - 1]?.accessToken, id),
      refreshToken: seal(accounts[number - 1]?.refreshToken, id),
    })),
  })
  return workspaceId
}

/** Inserts one meeting with each agent of a workspace, a week from now, that must be written to the calendars. */
export async function insertMeetingToWrite(stage: CalendarStage, workspaceId: string): Promise<void> {
  const [visitor] = await insertVisitors(stage, { workspaceId, count: 1 })
  const email = 'visitor@visitors.example'
  await stage.sql.query('UPDATE "Person" SET "email" = $1 WHERE "id" = $2', [email, visitor?.personId])
  await stage.sql.query(
    `WITH meeting AS (
       INSERT INTO "Meeting" ("id", "workspaceId", "agentId", "personId", "startsAt", "endsAt", "timeZone",
         "subject", "body", "subjectTemplate", "bodyTemplate", "agenda", "bookedBy", "routedBy", "bookedAt")
       SELECT gen_random_uuid(), $1, "id", $2, $3::timestamptz + interval '7 days',
         $3::timestamptz + interval '7 days 30 minutes', 'UTC', 'A meeting', '', 'A meeting', '', '', 'visitor',
         'Round robin', $3
       FROM "Agent" WHERE "workspaceId" = $1 AND "email" LIKE '%@agents.test' RETURNING *
     ), reservation AS (
       INSERT INTO "Reservation" ("id", "workspaceId", "agentId", "startsAt", "endsAt", "blockedUntil", "meetingId")
       SELECT gen_random_uuid(), $1, "agentId", "startsAt", "endsAt", "endsAt", "id" FROM meeting
     ), change AS (
       INSERT INTO "MeetingChange" ("id", "workspaceId", "meetingId", "at", "kind", "actor", "actorKind", "revision",
         "startsAt", "endsAt", "agentId")
       SELECT gen_random_uuid(), $1, "id", $3, 'BOOKED', 'Visitor', 'VISITOR', "revision", "startsAt", "endsAt", "agentId"
       FROM meeting
     )
     INSERT INTO "CalendarEntry" ("workspaceId", "meetingId", "agentId", "dueAt")
     SELECT $1, "id", "agentId", $3 FROM meeting`,
    [workspaceId, visitor?.personId, new Date(NOW)],
  )
}

/** Runs the calendar worker until no calendar is due at this moment, except those in back-off. */
export async function workUntilDone({ app, sql }: CalendarStage): Promise<void> {
  for (;;) {
    await runCalendarWork({ ...app.services, applyRemoteChange })
    const now = app.services.clock.now()
    const { rows } = await sql.query(
      `SELECT FROM "CalendarConnection" c WHERE "backoffUntil" IS NULL AND ("syncDueAt" <= $1
         OR EXISTS (SELECT FROM "CalendarEntry" e WHERE e."agentId" = c."agentId" AND e."dueAt" <= $1)) LIMIT 1`,
      [now],
    )
    if (rows.length === 0) return
  }
}
