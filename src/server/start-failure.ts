// Explains to the operator why the program could not start. A cause that the operator can fix is one sentence without a
// stack trace.
import { ConfigError } from '../config/config.ts'
import { DataFolderInUseError } from '../database/folder-lock.ts'

const EXIT_FAILURE = 1
const EXIT_BAD_CONFIGURATION = 2

/** @returns lines for stderr, and the exit code */
export function explainFailure(error: unknown): { message: string; exitCode: number } {
  return error instanceof ConfigError
    ? { message: `The configuration is not usable:\n${error.message}`, exitCode: EXIT_BAD_CONFIGURATION }
    : { message: explain(error), exitCode: EXIT_FAILURE }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof DataFolderInUseError) return error.message
  const refusedByDatabase = /^Raw query failed\..* Message: `(.+)`$/m.exec(error.message)?.[1]
  if (refusedByDatabase) return `The database cannot be used: ${refusedByDatabase}. Check DATABASE_URL.`
  if (!('syscall' in error && 'code' in error)) return error.stack ?? error.message
  if (error.code === 'EADDRINUSE') return `${addressOf(error)} is in use. Set PORT to another one.`
  if (error.code === 'EADDRNOTAVAIL')
    return `${addressOf(error)} is not an address of this machine. Set HOST.`
  return `The system refused: ${error.message}`
}

function addressOf(error: Error): string {
  return 'address' in error && 'port' in error ? `${error.address}:${error.port}` : 'The address'
}
