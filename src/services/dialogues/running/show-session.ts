// Shows a dialogue from its beginning, and goes on with one that was answered: writes the visit, the session and what
// counts in one statement.
import { v7 as uuidv7 } from 'uuid'
import { type DialogueSession, Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { countCard, countEach, countOnce, insertingCounts, type NewCount } from '../counts/counting.ts'
import type { OpenSession, Published } from './choose-dialogue.ts'
import { toEntries } from './transcript.ts'
import { notingVisitor } from './visit.ts'
import { type Actor, visitIsOver } from './visitor-facts.ts'
import type { Walk } from './walk.ts'

type Client = Database | Transaction

export interface Showing {
  actor: Actor
  published: Published
  /** From the first card on. */
  walked: Walk
  /** The open session in which it is shown, as it was read; null: a new one. */
  session: Pick<OpenSession, 'id' | 'versionId' | 'isTriggered'> | null
  /** Whether the client may show it now. */
  isTriggered: boolean
  /** Whether its trigger counts, if it was not counted in this visit. */
  countsTrigger: boolean
  pageUrl: string | null
  now: Date
}

/** @param options.isLocked whether the transaction has locked the visitor, who is as it was read
 * @returns the session; null: what it goes by has changed meanwhile, or another session was begun
 * @throws UnauthenticatedError when the visit is over */
export async function showDialogue(
  client: Client,
  showing: Showing,
  { isLocked }: { isLocked: boolean },
): Promise<DialogueSession | null> {
  const { actor, published, walked, session: open, isTriggered, pageUrl, now } = showing
  const { dialogueId, versionId } = published
  const id = open?.id ?? uuidv7()
  const isCompleted = isTriggered && walked.isCompleted
  const isEnded = isTriggered && walked.pending === null
  const transcript = JSON.stringify(toEntries(walked.shown, now))
  const at = Prisma.sql`${now}::timestamptz`
  const never = Prisma.sql`NULL::timestamptz`
  const completedAt = isCompleted ? at : never
  const endedAt = isEnded ? at : never
  const session =
    open === null
      ? Prisma.sql`
          INSERT INTO "DialogueSession" ("id", "workspaceId", "dialogueId", "versionId", "visitorId", "personId",
            "pendingCard", "transcript", "pageUrl", "startedAt", "seenAt", "triggeredAt", "completedAt", "endedAt")
          SELECT ${id}::uuid, ${actor.workspaceId}::uuid, ${dialogueId}::uuid, ${versionId}::uuid, visitor."id",
            visitor."personId", ${walked.pending}::text, ${transcript}::jsonb, ${pageUrl}::text, ${at}, ${at},
            ${isTriggered ? at : never}, ${completedAt}, ${endedAt}
          FROM visitor WHERE NOT ${isCompletedBefore(published)}
          ON CONFLICT ("visitorId", "dialogueId") WHERE "endedAt" IS NULL AND "visitorId" IS NOT NULL DO NOTHING
          RETURNING *`
      : Prisma.sql`
          UPDATE "DialogueSession" s SET "versionId" = ${versionId}::uuid, "personId" = visitor."personId",
            "pendingCard" = ${walked.pending}::text, "transcript" = ${transcript}::jsonb, "pageUrl" = ${pageUrl}::text,
            "seenAt" = greatest(s."seenAt", ${at}),
            "triggeredAt" = ${isTriggered ? Prisma.sql`coalesce(s."triggeredAt", ${at})` : never},
            "completedAt" = ${completedAt}, "endedAt" = ${endedAt}
          FROM visitor
          WHERE s."id" = ${id}::uuid AND s."engagedAt" IS NULL AND s."endedAt" IS NULL AND s."bookedStep" IS NULL
            AND s."versionId" = ${open.versionId}::uuid AND (s."triggeredAt" IS NOT NULL) = ${open.isTriggered}::boolean
          RETURNING s.*`
  return writeSession(client, {
    actor,
    dialogueId,
    session,
    ...(isLocked ? {} : { asRead: actor }),
    counts: isTriggered ? countsOf(id, showing) : [],
    isCompletedFor: isCompleted && published.program.definition.kind === 'DIALOGUE' ? dialogueId : null,
    now,
  })
}

/** Whether the `visitor`, or its person once it is verified, has completed a dialogue. Flows can be begun again. */
function isCompletedBefore({ dialogueId, program }: Published): Prisma.Sql {
  if (program.definition.kind === 'FLOW') return Prisma.sql`false`
  return Prisma.sql`(
    EXISTS (
      SELECT FROM "DialogueSession" o
      WHERE o."visitorId" = visitor."id" AND o."dialogueId" = ${dialogueId}::uuid AND o."completedAt" IS NOT NULL
    ) OR visitor."verified" AND EXISTS (
      SELECT FROM "DialogueCompletion" e WHERE e."personId" = visitor."personId" AND e."dialogueId" = ${dialogueId}::uuid
    )
  )`
}

/** What counts when a dialogue is shown. */
function countsOf(dialogueSessionId: string, { walked, countsTrigger }: Showing): NewCount[] {
  return [
    ...(countsTrigger ? [countOnce('TRIGGERED')] : []),
    ...countsOfWalk(walked, { dialogueSessionId, step: 0 }),
  ]
}

/** What counts of the cards on the way. */
export function countsOfWalk(
  { shown, effects, isCompleted }: Walk,
  of: { dialogueSessionId: string; step: number },
): NewCount[] {
  return [
    ...shown.map(({ cardKey }) => countCard('CARD_SHOWN', cardKey)),
    ...effects.flatMap((effect) =>
      effect.kind === 'GOAL' ? [countEach('GOAL_REACHED', { ...of, ...effect })] : [],
    ),
    ...(isCompleted ? [countOnce('COMPLETED')] : []),
  ]
}

/** An engaged session goes on where it was.
 * @returns null: meanwhile it has ended
 * @throws UnauthenticatedError when the visit is over */
export async function continueSession(
  client: Client,
  {
    actor,
    sessionId,
    dialogueId,
    pageUrl,
    now,
  }: {
    actor: Actor
    sessionId: string
    dialogueId: string
    pageUrl: string | null
    now: Date
  },
): Promise<DialogueSession | null> {
  const session = Prisma.sql`
    UPDATE "DialogueSession" s
    SET "seenAt" = greatest(s."seenAt", ${now}::timestamptz), "pageUrl" = ${pageUrl}::text
    FROM visitor WHERE s."id" = ${sessionId}::uuid AND s."endedAt" IS NULL
    RETURNING s.*`
  return writeSession(client, { actor, dialogueId, session, counts: [], isCompletedFor: null, now })
}

/** The visitor is there, and no dialogue is shown.
 * @throws UnauthenticatedError when the visit is over */
export async function noteVisit(client: Client, { actor, now }: { actor: Actor; now: Date }): Promise<void> {
  const { visitorId } = actor
  const noted = await client.$queryRaw<unknown[]>`${notingVisitor({ visitorId, now })}`
  if (noted.length === 0) throw visitIsOver()
}

interface Writing {
  actor: Actor
  dialogueId: string
  /** CTEs that come first, each with a comma after it; left out: none. */
  before?: Prisma.Sql
  /** Inserts or updates the session, as a CTE without its name, which depends on the CTE `visitor`. */
  session: Prisma.Sql
  /** CTEs that depend on `session`, each with a comma after it; left out: none. */
  after?: Prisma.Sql
  /** The visitor who must be as it was read; left out: no matter. */
  asRead?: Actor
  counts: NewCount[]
  /** The dialogue that is never shown again to a verified person; null: none. */
  isCompletedFor: string | null
  now: Date
}

/** @returns null when nothing was written, because what it goes by has changed
 * @throws UnauthenticatedError when the visit is over */
export async function writeSession(
  client: Client,
  {
    actor,
    dialogueId,
    before = Prisma.empty,
    session,
    after = Prisma.empty,
    asRead,
    counts,
    isCompletedFor,
    now,
  }: Writing,
): Promise<DialogueSession | null> {
  const { workspaceId, visitorId, person } = actor
  const from = Prisma.sql`visitor, session`
  const known = person.email !== null
  const counted = insertingCounts({ workspaceId, dialogueId, counts, known, at: now, from })
  const [written] = await client.$queryRaw<(DialogueSession & { isThere: boolean })[]>`
    WITH visitor AS (${notingVisitor({ visitorId, now, ...(asRead ? { asRead } : {}) })}), ${before} session AS (${session}), ${after}
    counted AS (${counted}), completion AS (
      INSERT INTO "DialogueCompletion" ("workspaceId", "personId", "dialogueId", "completedAt")
      SELECT ${workspaceId}::uuid, visitor."personId", ${isCompletedFor}::uuid, ${now}::timestamptz
      FROM ${from} WHERE visitor."verified" AND ${isCompletedFor}::uuid IS NOT NULL
      ON CONFLICT DO NOTHING
    )
    SELECT EXISTS (SELECT FROM visitor) AS "isThere", session.* FROM (VALUES (1)) AS once LEFT JOIN session ON true`
  if (written === undefined || (!written.isThere && asRead === undefined)) throw visitIsOver()
  const { isThere: _isThere, ...found } = written
  return found.id === null ? null : found
}
