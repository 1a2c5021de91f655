// Keeps two processes from opening one data folder, which would corrupt it. A lock is a file with the owner's process
// id, so that it does not outlive a killed process. Locks are numbered, and the last one counts: who finds it without
// an owner makes the one after it, which only one process can do.
import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const LOCK = /^lock\.([1-9]\d*)$/

/** The data folder is open in another process. */
export class DataFolderInUseError extends Error {
  override name = 'DataFolderInUseError'
}

/** Takes the folder for this process; makes it if it is not there.
 * @throws DataFolderInUseError naming the process that has it */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  await mkdir(folder, { recursive: true })
  const token = randomUUID()
  const draft = join(folder, `lock-draft-${token}`)
  await writeFile(draft, `${process.pid} ${token}`)
  try {
    const file = await takeNextLock({ folder, draft })
    heldHere.add(token)
    return {
      release: async () => {
        await giveUp(file)
        heldHere.delete(token)
      },
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** Tells our own locks from those of an earlier process that had our id, as in a container that was restarted. */
const heldHere = new Set<string>()

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
    // Others may have taken and given up locks since we looked, and tidied up: then ours is not the last one.
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

/** Makes the file with all of its content at once, or not at all. */
async function linkExclusively(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Empties the lock. Were it removed, a process that is about to make the next one would not see those after it. */
async function giveUp(file: string): Promise<void> {
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

/** @returns null when the lock was given up, or there is none */
async function ownerOf(file: string): Promise<Owner | null> {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  })
  const [pid = '', token = ''] = content.split(' ')
  return Number(pid) > 0 ? { pid: Number(pid), token } : null
}

function isRunning({ pid, token }: Owner): boolean {
  if (pid === process.pid) return heldHere.has(token)
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
