// What the application does by itself within some seconds, tests have done at once: nobody waits for a look that comes
// once a second, or for the back-off of a job that failed.
import type { ConstructorOptions } from 'pg-boss'
import type { App } from '../../src/app.ts'
import type { Database } from '../../src/database/open.ts'
import { applyRemoteChange } from '../../src/services/booking/meetings/apply-remote-change.ts'
import { runCalendarWork } from '../../src/services/calendars/worker/calendar-worker.ts'
import { repeatedly } from '../../src/services/repeatedly.ts'

const LOOK_EVERY_MS = 50
const TIMES_AS_FAST = 10

/** The timers of the job queue. It looks for jobs ten times a second. */
export const QUICK_TIMERS: NonNullable<ConstructorOptions['clock']> = {
  now: () => Date.now(),
  setTimeout: (action, ms) => setTimeout(action, ms / TIMES_AS_FAST),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (action, ms) => setInterval(action, ms / TIMES_AS_FAST),
  clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
}

/** Begins to work off jobs, and to look after calendars.
 * @returns the application; stopping it stops both */
export async function startQuickJobs(app: App): Promise<App> {
  await app.startJobs()
  await retryAtOnce(app.services.database)
  const { onError } = app.services
  const stopLooking = repeatedly(() => runCalendarWork({ ...app.services, applyRemoteChange }), {
    everyMs: LOOK_EVERY_MS,
    onError,
  })
  return {
    ...app,
    stop: async () => {
      await stopLooking()
      await app.stop()
    },
  }
}

/** A job that fails is tried again with the next look, and never given up: the attempts of a day pass in seconds. */
export async function retryAtOnce(database: Database): Promise<void> {
  await database.$executeRaw`
    UPDATE pgboss.queue SET "retry_delay" = 0, "retry_backoff" = false, "retry_limit" = 1000000`
}
