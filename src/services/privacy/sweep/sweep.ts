// Removes what the installation has kept for long enough (docs/semantics.md, section 11). Whether something goes follows
// from its age and what refers to it, so nothing depends on when this runs.
//
// It works in portions: each looks at a bounded number of rows in the order of age, locks those that go unless somebody
// else has locked them, and is a transaction of its own; after it, the database has as long a pause. How far a rule has
// come is a row that the portion locks, so that one node at a time works on it, and rows that stay are not looked at
// again in each run.
import { setTimeout as pause } from 'node:timers/promises'
import { Prisma } from '../../../database/generated/client/client.ts'
import { trySweepPlace } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { runTransaction } from '../../transaction.ts'
import { conversations } from './conversations.ts'
import { decisions } from './decisions.ts'
import { dialogueCounts, dialogueSessions } from './dialogues.ts'
import { meetings } from './meetings.ts'
import type { SweepRule } from './rule.ts'
import { anonymousPeople, endedVisits, idleVisits } from './visits.ts'

/** What a rule removes can be what kept something that a later rule removes. */
const RULES: SweepRule[] = [
  idleVisits,
  decisions,
  conversations,
  dialogueSessions,
  dialogueCounts,
  meetings,
  endedVisits,
  anonymousPeople,
]
/** How many portions of a rule a run does at most. The next run goes on. */
export const MAX_PORTIONS = 300

const MAX_PAUSE_MS = 1000

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** What became of a portion, for whoever measures. */
export interface SweptPortion {
  rule: string
  /** How many rows were looked at, and removed or cleared. */
  seen: number
  removed: number
  /** How long it took. */
  milliseconds: number
}

/** @param options.signal ends the run after the portion under way
 * @param options.onPortion is told of each portion */
export async function sweep(
  services: Services,
  { signal, onPortion }: { signal?: AbortSignal; onPortion?: (portion: SweptPortion) => void } = {},
): Promise<void> {
  const names = RULES.map(({ name }) => ({ rule: name }))
  await services.database.sweepPlace.createMany({ data: names, skipDuplicates: true })
  for (const rule of RULES) {
    for (let left = MAX_PORTIONS; left > 0 && !signal?.aborted; left -= 1) {
      const start = performance.now()
      const portion = await runTransaction(services, (tx) => sweepPortion(services, { tx, rule }))
      if (portion === null) break
      const milliseconds = performance.now() - start
      onPortion?.({ rule: rule.name, milliseconds, ...portion })
      if (portion.isLast) break
      await pause(Math.min(milliseconds, MAX_PAUSE_MS))
    }
  }
  const { clock, settings, mailer } = services
  const writtenBefore = new Date(clock.now().getTime() - settings.retention.mailFilesMs)
  await mailer.deleteKept?.({ writtenBefore })
}

/** @returns null when another node works on the rule */
async function sweepPortion(
  { clock, settings }: Services,
  { tx, rule }: { tx: Transaction; rule: SweepRule },
): Promise<{ seen: number; removed: number; isLast: boolean } | null> {
  const place = await trySweepPlace(tx, rule.name)
  if (place === null) return null
  const now = clock.now()
  const until = new Date(now.getTime() - rule.keptMs(settings.retention))
  const rows = await readRows(tx, { rule, until, after: place })
  const ids = rows.map(({ id }) => id)
  const { removed, isDone } = await rule.remove({ tx, ids, now, until })
  const isLast = isDone && rows.length < rule.rows
  const last = rows.at(-1)
  if (isLast || (isDone && last !== undefined)) {
    const next = isLast || last === undefined ? { at: null, rowId: null } : { at: last.at, rowId: last.id }
    await tx.sweepPlace.update({ where: { rule: rule.name }, data: next })
  }
  return { seen: rows.length, removed, isLast }
}

/** @returns the next rows that are old enough, in the order of age */
function readRows(
  tx: Transaction,
  { rule, until, after }: { rule: SweepRule; until: Date; after: { at: Date | null; rowId: string | null } },
): Promise<{ id: string; at: Date }[]> {
  const { table, age, which, rows, id = Prisma.sql`"id"` } = rule
  const place = Prisma.sql`(${after.at ?? new Date(0)}::timestamptz, ${after.rowId ?? FIRST_ID}::uuid)`
  return tx.$queryRaw`
    SELECT ${id} AS "id", ${age} AS "at" FROM ${table}
    WHERE ${which} AND ${age} <= ${until}::timestamptz AND (${age}, ${id}) > ${place}
    ORDER BY ${age}, ${id} LIMIT ${rows}`
}
