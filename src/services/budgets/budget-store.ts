// Counts uses of budgets in the database, the same for all nodes. A row says when its budget is whole again (GCRA): a use
// moves that instant on by its part of the window, and is refused if it then lay further ahead than the window. A row
// whose instant has passed means the same as none.
import { Prisma } from '../../database/generated/client/client.ts'
import type { Database } from '../../database/open.ts'
import type { Use } from './rules.ts'

/** More than the clocks of nodes differ. An instant that lies further ahead than the window and this was written by a
 * clock that was wrong, and does not count: nobody is locked out until it comes. */
const CLOCKS_DIFFER = Prisma.sql`interval '10 seconds'`

/** Counts one use of each budget, in one statement, which is a transaction of its own. It locks the rows in the order of
 * their keys, the caller's first. Once one of these is exhausted, the others are left alone: refused calls of one caller
 * must not use up the budget of others.
 * @returns when each budget that allowed its use is whole again, by its key */
export async function countUses(
  database: Database,
  { uses, now }: { uses: Use[]; now: Date },
): Promise<Map<string, Date>> {
  const counted = await database.$queryRaw<{ key: string; wholeAt: Date }[]>`
    WITH ${countingUses({ uses, now })} SELECT * FROM counted`
  return new Map(counted.map(({ key, wholeAt }) => [key, wholeAt]))
}

/** Does the same, and reads a row besides, in one statement.
 * @param options.reading a query of at most one row
 * @returns the row too; null if there is none */
export async function countUsesAndRead<Row extends object>(
  database: Database,
  { uses, now, reading }: { uses: Use[]; now: Date; reading: Prisma.Sql },
): Promise<{ counted: Map<string, Date>; row: Row | null }> {
  const [found] = await database.$queryRaw<
    (Row & { countedKeys: string[]; countedAt: number[]; isRead: boolean | null })[]
  >`
    WITH ${countingUses({ uses, now })}
    SELECT * FROM (
      SELECT coalesce(array_agg("key"), '{}') AS "countedKeys",
        coalesce(array_agg(extract(epoch FROM "wholeAt")::float8 * 1000), '{}') AS "countedAt"
      FROM counted
    ) c LEFT JOIN (SELECT true AS "isRead", reading.* FROM (${reading}) reading) r ON true`
  if (found === undefined) throw new Error('An aggregate always has a row.')
  const { countedKeys, countedAt, isRead } = found
  const counted = new Map(countedKeys.map((key, index) => [key, new Date(countedAt[index] ?? 0)]))
  return { counted, row: isRead ? found : null }
}

/** The CTEs of a statement that counts, without the WITH. `counted` has the result. */
const countingUses = ({ uses, now }: { uses: Use[]; now: Date }) => Prisma.sql`
    given AS MATERIALIZED (
      ${rowsOf(uses)}
    ), own AS (
      ${counting({ which: Prisma.sql`"isOwn"`, now })}
    ), others AS (
      ${counting({
        which: Prisma.sql`NOT "isOwn" AND (SELECT count(*) FROM own) = (SELECT count(*) FROM given WHERE "isOwn")`,
        now,
      })}
    ), counted AS (
      SELECT "key", "wholeAt" FROM own UNION ALL SELECT "key", "wholeAt" FROM others
    )`

/** @param options.which a condition on `given` */
function counting({ which, now }: { which: Prisma.Sql; now: Date }): Prisma.Sql {
  const at = Prisma.sql`${now}::timestamptz`
  const window = Prisma.sql`(SELECT g."window" FROM given g WHERE g."key" = b."key")`
  const wholeAt = Prisma.sql`CASE WHEN b."wholeAt" > ${at} + ${window} + ${CLOCKS_DIFFER}
    THEN ${at} ELSE greatest(b."wholeAt", ${at}) END`
  const moved = Prisma.sql`${wholeAt} + (excluded."wholeAt" - ${at})`
  return Prisma.sql`
    INSERT INTO "Budget" AS b ("key", "wholeAt")
    SELECT "key", ${at} + "part" FROM given WHERE ${which} ORDER BY "key"
    ON CONFLICT ("key") DO UPDATE SET "wholeAt" = ${moved}
    WHERE ${moved} <= ${at} + ${window}
    RETURNING "key", "wholeAt"`
}

/** A use takes its part of the window, in whole microseconds: rounded up, `limit` of them would not fit into it. */
function rowsOf(uses: Use[]): Prisma.Sql {
  return Prisma.sql`
    SELECT "key", "isOwn", make_interval(secs => "windowMs" / 1000) AS "window",
      make_interval(secs => floor("windowMs" * 1000 / "limit") / 1000000) AS "part"
    FROM unnest(
      ${uses.map(({ key }) => key)}::text[], ${uses.map(({ of }) => of === 'CALLER')}::boolean[],
      ${uses.map(({ limit }) => limit)}::float8[], ${uses.map(({ windowMs }) => windowMs)}::float8[]
    ) AS u("key", "isOwn", "limit", "windowMs")`
}

/** @returns when each of the budgets allows a use again, by its key; one that allows it now is left out */
export async function readResets(
  database: Database,
  { uses, now }: { uses: Use[]; now: Date },
): Promise<Map<string, Date>> {
  const resets = await database.$queryRaw<{ key: string; resetsAt: Date }[]>`
    SELECT "key", date_trunc('milliseconds', "wholeAt" + "part" - "window" + interval '999 microseconds') AS "resetsAt"
    FROM (${rowsOf(uses)}) given JOIN "Budget" USING ("key")
    WHERE "wholeAt" + "part" - "window" > ${now}::timestamptz`
  return new Map(resets.map(({ key, resetsAt }) => [key, resetsAt]))
}
