// Explains to the operator why the program could not start. A cause that the operator can fix is one sentence without a
// stack trace.
import { inspect } from 'node:util'
import { ConfigError } from '../config/config.ts'
import { lackOfRights, UnusableDatabaseError } from '../database/unusable-database-error.ts'

const EXIT_FAILURE = 1
const EXIT_BAD_CONFIGURATION = 2

/** What Postgres says, however its drivers and the schema engine pass it on. */
const DENIED = /(?:permission denied (?:for|to)|must be owner of) [^\n`]+/
const DAMAGED = /(?:could not (?:open|read|access|find) (?:file|block|status)|invalid page in block)[^\n`]+/

/** @returns lines for stderr, and the exit code */
export function explainFailure(error: unknown): { message: string; exitCode: number } {
  return error instanceof ConfigError
    ? { message: `The configuration is not usable:\n${error.message}`, exitCode: EXIT_BAD_CONFIGURATION }
    : { message: explain(error), exitCode: EXIT_FAILURE }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error)
  if (error instanceof UnusableDatabaseError) return error.message
  const said = (pattern: RegExp) => pattern.exec(error.message)?.[0]
  const denied = said(DENIED)
  if (denied) return lackOfRights(denied).message
  const damage = said(DAMAGED)
  if (damage)
    return `The database is damaged: ${damage}. Restore a backup; a data folder can be moved away to start with an empty database.`
  if (!('syscall' in error && 'code' in error)) return error.stack ?? error.message
  if (error.code === 'EADDRINUSE') return `${addressOf(error)} is in use. Set PORT to another one.`
  if (error.code === 'EADDRNOTAVAIL')
    return `${addressOf(error)} is not an address of this machine. Set HOST.`
  return `The system refused: ${error.message}.`
}

function addressOf(error: Error): string {
  return 'address' in error && 'port' in error ? `${error.address}:${error.port}` : 'The address'
}
