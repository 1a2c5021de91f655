// Logs an outage of the database in a few lines, however much fails meanwhile: one when it begins, one a minute while it
// lasts, and one when it is over.
import { isDatabaseAway, reasonOfFailure } from '../database/sql-state.ts'
import type { Clock } from '../services/context.ts'
import { Outage } from '../services/ports/outage.ts'
import { MINUTE, SECOND } from '../services/time.ts'
import type { FaultLog } from './fault-log.ts'

const LOOK_EVERY_MS = SECOND
/** How long nothing must fail until an outage is over: failures with shorter pauses are one outage. */
const QUIET_MS = 5 * SECOND

interface OutageOfDatabase {
  beganAt: number
  lastFailureAt: number
  loggedAt: number
  failures: number
}

/** @param log receives all other faults, and the lines about outages
 * @param options.isDatabaseBack asks the database; must not throw */
export function createOutageLog(
  log: FaultLog,
  { clock, isDatabaseBack }: { clock: Clock; isDatabaseBack(): Promise<boolean> },
): FaultLog {
  let outage: OutageOfDatabase | null = null
  const now = () => clock.now().getTime()
  const say = (message: string) => log({ error: new Outage(message) })
  const lookLater = (current: OutageOfDatabase) =>
    clock.at(new Date(now() + LOOK_EVERY_MS), () => void look(current))
  const look = async (current: OutageOfDatabase) => {
    const isQuiet = now() - current.lastFailureAt >= QUIET_MS
    if (isQuiet && (await isDatabaseBack())) {
      say(`The database can be used again. ${lengthOf(current, current.lastFailureAt)}`)
      outage = null
      return
    }
    if (now() - current.loggedAt >= MINUTE) {
      say(`The database still cannot be used. ${lengthOf(current, now())}`)
      current.loggedAt = now()
    }
    lookLater(current)
  }
  return (fault) => {
    if (!isDatabaseAway(fault.error)) return log(fault)
    if (outage === null) {
      outage = { beganAt: now(), lastFailureAt: now(), loggedAt: now(), failures: 0 }
      say(
        `The database cannot be used: ${reasonOfFailure(fault.error)}. Requests are answered with 503 until it can.`,
      )
      lookLater(outage)
    }
    outage.failures += 1
    outage.lastFailureAt = now()
  }
}

function lengthOf({ beganAt, failures }: OutageOfDatabase, until: number): string {
  return `${failures} requests and pieces of work have failed in ${Math.round((until - beganAt) / SECOND)} s.`
}
