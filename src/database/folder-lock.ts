// Keeps two processes from opening one data folder, which would corrupt it. A lock is a file with the owner's process
// id, so that it does not outlive a killed process. Locks are numbered, and the one with the highest number counts: a
// process that finds it without a running owner creates the next one, which only one process can do.
import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const LOCK = /^lock\.([1-9]\d*)$/

/** Another process has the data folder open. */
export class DataFolderInUseError extends Error {
  override name = 'DataFolderInUseError'
}

/** Locks the folder for this process. Creates the folder if it does not exist.
 * @throws DataFolderInUseError with the id of the process that has the folder open */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  await mkdir(folder, { recursive: true })
  const token = randomUUID()
  const draft = join(folder, `lock-draft-${token}`)
  await writeFile(draft, `${process.pid} ${token}`)
  try {
    const file = await takeNextLock({ folder, draft })
    ownTokens.add(token)
    return {
      release: async () => {
        await releaseLock(file)
        ownTokens.delete(token)
      },
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** The tokens of the locks that this process holds, to tell them from the locks of an earlier process with the same id,
 * as in a container that was restarted. */
const ownTokens = new Set<string>()

async function takeNextLock({ folder, draft }: { folder: string; draft: string }): Promise<string> {
  for (;;) {
    const numbers = await lockNumbers(folder)
    const last = Math.max(0, ...numbers)
    const owner = await ownerOf(join(folder, `lock.${last}`))
    if (owner !== null && isRunning(owner)) {
      throw new DataFolderInUseError(
        `The data folder ${resolve(folder)} is open in process ${owner.pid}. Stop it, or set DATA_DIR to another folder.`,
      )
    }
    const file = join(folder, `lock.${last + 1}`)
    if (!(await linkExclusively(draft, file))) continue
    // Meanwhile others may have taken, released and deleted locks, so that ours does not have the highest number.
    const isLast = Math.max(...(await lockNumbers(folder))) === last + 1
    if (isLast) {
      for (const number of numbers) await rm(join(folder, `lock.${number}`), { force: true })
      return file
    }
    await rm(file, { force: true })
  }
}

async function lockNumbers(folder: string): Promise<number[]> {
  const files = await readdir(folder)
  return files.flatMap((file) => LOCK.exec(file)?.[1] ?? []).map(Number)
}

/** Creates the file with all of its content atomically.
 * @returns false if it exists already */
async function linkExclusively(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Empties the lock file. Without it the numbers would start again at 1, below the number that another process may
 * be about to take. */
async function releaseLock(file: string): Promise<void> {
  try {
    await truncate(file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

interface Owner {
  pid: number
  token: string
}

/** @returns null if the lock was released or does not exist */
async function ownerOf(file: string): Promise<Owner | null> {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  })
  const [pid = '', token = ''] = content.split(' ')
  return Number(pid) > 0 ? { pid: Number(pid), token } : null
}

function isRunning({ pid, token }: Owner): boolean {
  if (pid === process.pid) return ownTokens.has(token)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
