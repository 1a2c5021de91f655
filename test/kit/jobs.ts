// Runs the job queue and the calendar worker with short intervals and without back-off, so that tests do not wait for
// polls that run once a second, or for retries.
import type { ConstructorOptions } from 'pg-boss'
import { expect } from 'vitest'
import type { App } from '../../src/app.ts'
import type { Database } from '../../src/database/open.ts'
import { applyRemoteChange } from '../../src/services/booking/meetings/apply-remote-change.ts'
import { runCalendarWork } from '../../src/services/calendars/worker/calendar-worker.ts'
import { repeatedly } from '../../src/services/repeatedly.ts'
import { eventually } from './eventually.ts'

const POLL_INTERVAL_MS = 50
const SPEED_UP = 10

/** The timers of the job queue, which then polls for jobs ten times a second. */
export const QUICK_TIMERS: NonNullable<ConstructorOptions['clock']> = {
  now: () => Date.now(),
  setTimeout: (action, ms) => setTimeout(action, ms / SPEED_UP),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (action, ms) => setInterval(action, ms / SPEED_UP),
  clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
}

/** Starts the job queue and the calendar worker.
 * @returns the application; stopping it stops both */
export async function startQuickJobs(app: App): Promise<App> {
  await app.startJobs()
  await retryAtOnce(app.services.database)
  const { onError } = app.services
  const poll = async () => {
    await runCalendarWork({ ...app.services, applyRemoteChange })
    if (app.services.settings.pausesMails) await runLaterJobsAtOnce(app.services.database)
  }
  const stopPolling = repeatedly(poll, { everyMs: POLL_INTERVAL_MS, onError })
  return {
    ...app,
    stop: async () => {
      await stopPolling()
      await app.stop()
    },
  }
}

/** The queue goes by the database's clock, and the application by the test's. */
async function runLaterJobsAtOnce(database: Database): Promise<void> {
  await database.$executeRaw`UPDATE pgboss.job SET "start_after" = now() WHERE "state" = 'created'`
}

/** Retries a failed job at the next poll, with no limit that a test reaches: the attempts of a day pass in seconds. */
export async function retryAtOnce(database: Database): Promise<void> {
  await database.$executeRaw`
    UPDATE pgboss.queue SET "retry_delay" = 0, "retry_backoff" = false, "retry_limit" = 1000000`
}

/** Forgets the jobs of the tests before, and waits for those that run: their mails would come into the next test. */
export async function endEarlierJobs(database: Database): Promise<void> {
  await eventually(async () => {
    await database.$executeRaw`DELETE FROM pgboss.job WHERE "state" < 'active'`
    // In one look: a job that ended between two of them may have enlisted the next.
    const left = await database.$queryRaw<{ name: string }[]>`
      SELECT "name" FROM pgboss.job
      WHERE "state" < 'active' OR "state" = 'active' AND "name" NOT LIKE 'chat-%'`
    expect(left).toEqual([])
  })
}
