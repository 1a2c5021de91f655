// Keeps two processes from opening one data folder, which would corrupt it. The operating system holds the lock, on a
// file that SQLite opens: it knows a process in another container, where process ids mean nothing, and releases the lock
// of a process that was killed.
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { UnusableDatabaseError } from './unusable-database-error.ts'

const SQLITE_BUSY = 5

/** Another process has the data folder open. */
export class DataFolderInUseError extends UnusableDatabaseError {
  override name = 'DataFolderInUseError'
}

/** Keeps the locks of this process from the garbage collector, which would release them. */
const held = new Set<DatabaseSync>()

/** Locks the folder for this process. Creates the folder if it does not exist.
 * @throws DataFolderInUseError with the process that has the folder open
 * @throws UnusableDatabaseError if the folder cannot be locked */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  await mkdir(folder, { recursive: true })
  const ownerFile = join(folder, 'lock-owner')
  const lock = takeLock(folder, ownerFile)
  held.add(lock)
  writeFileSync(ownerFile, `process ${process.pid} on ${hostname()}`)
  return {
    release: async () => {
      lock.close()
      held.delete(lock)
    },
  }
}

function takeLock(folder: string, ownerFile: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(folder, 'lock'))
    // Of several processes exactly one gets it, at once. EXCLUSIVE would take several steps, in which they can refuse
    // each other, and so can processes that find the journal of one that was killed.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE')
    return lock
  } catch (error) {
    lock?.close()
    if (isBusy(error)) throw inUse(folder, ownerFile)
    throw new UnusableDatabaseError(
      `The data folder ${resolve(folder)} cannot be locked (${error instanceof Error ? error.message : error}). Let this user write to it, on a file system with locks, or set DATA_DIR to another folder.`,
      { cause: error },
    )
  }
}

function inUse(folder: string, ownerFile: string): DataFolderInUseError {
  return new DataFolderInUseError(
    `The data folder ${resolve(folder)} is open in ${readOwner(ownerFile)}. Stop it, or set DATA_DIR to another folder.`,
  )
}

/** @returns the owner for the message only: it may have locked the folder without having written its name yet */
function readOwner(file: string): string {
  try {
    return readFileSync(file, 'utf8') || 'another process'
  } catch {
    return 'another process'
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
