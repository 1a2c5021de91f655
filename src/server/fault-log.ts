// Writes faults of ours as JSON, one line each, for whoever runs the server. What might be a token is left out.
import type { Clock } from '../services/context.ts'

/** Bearer tokens of every kind: our own, which begin with sb…_, and JSON Web Tokens. */
const TOKEN = /\b(?:sb[a-z]_|eyJ)[\w.~+/=-]+/g

/** @param fault.requestId what the client was told to name; left out for what nobody waits for, such as a job */
export type FaultLog = (fault: { error: unknown; requestId?: string }) => void

/** @param options.write takes one line, with its end */
export function createFaultLog(options: { clock: Clock; write(line: string): void }): FaultLog {
  return ({ error, requestId }) => {
    const entry = {
      level: 'error',
      at: options.clock.now(),
      requestId,
      message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      stack: error instanceof Error ? error.stack : undefined,
    }
    options.write(`${JSON.stringify(entry).replace(TOKEN, '[token]')}\n`)
  }
}
