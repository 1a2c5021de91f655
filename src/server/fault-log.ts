// Logs internal errors for the operator as JSON, one line each. Anything that looks like a token is masked.
import { inspect } from 'node:util'
import type { Clock } from '../services/context.ts'
import { Outage } from '../services/ports/outage.ts'

/** Bearer tokens of every kind: our own, which begin with sb…_, and JSON Web Tokens. */
const TOKEN = /\b(?:sb[a-z]_|eyJ)[\w.~+/=-]+/g

/** @param fault.requestId the id that the client got instead of the error; left out for errors outside of requests,
 * such as those of jobs */
export type FaultLog = (fault: { error: unknown; requestId?: string }) => void

/** @param options.write receives one line, including the line break */
export function createFaultLog(options: { clock: Clock; write(line: string): void }): FaultLog {
  return ({ error, requestId }) => {
    const isOutage = error instanceof Outage
    const entry = {
      level: isOutage ? 'warning' : 'error',
      at: options.clock.now(),
      requestId,
      message: isOutage ? error.message : describe(error),
      stack: error instanceof Error && !isOutage ? error.stack : undefined,
    }
    options.write(`${JSON.stringify(entry).replace(TOKEN, '[token]')}\n`)
  }
}

const describe = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : inspect(error)
