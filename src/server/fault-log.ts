// Logs internal errors for the operator as JSON, one line each. Anything that looks like a token is masked.
import { inspect } from 'node:util'
import type { Clock } from '../services/context.ts'
import { Outage } from '../services/ports/outage.ts'

/** Bearer tokens of every kind: our own, which begin with sb…_, and JSON Web Tokens. */
const TOKEN = /\b(?:sb[a-z]_|eyJ)[\w.~+/=-]+/g

/** What the operator may want to change, in a sentence or two; the log shows no stack. */
export class Notice extends Error {
  override name = 'Notice'
}

/** @param fault.requestId the id that the client got instead of the error; left out for errors outside of requests,
 * such as those of jobs */
export type FaultLog = (fault: { error: unknown; requestId?: string }) => void

/** @param options.write receives one line, including the line break */
export function createFaultLog(options: { clock: Clock; write(line: string): void }): FaultLog {
  return ({ error, requestId }) => {
    const isWarning = error instanceof Outage || error instanceof Notice
    const entry = {
      level: isWarning ? 'warning' : 'error',
      at: options.clock.now(),
      requestId,
      message: isWarning ? error.message : describe(error),
      stack: error instanceof Error && !isWarning ? error.stack : undefined,
    }
    options.write(`${JSON.stringify(entry).replace(TOKEN, '[token]')}\n`)
  }
}

const describe = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : inspect(error)
