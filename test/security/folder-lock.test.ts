// Several processes that try to lock a data folder at the same moment. The tests use real processes, because the lock
// guards against other processes.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { DataFolderInUseError, lockFolder } from '../../src/database/folder-lock.ts'

const TAKERS = 6
const ROUNDS = 150

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'switchboard-locks-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function startTaker(): Promise<ChildProcess> {
  const taker = fork(join(import.meta.dirname, 'folder-lock-taker.ts'), { execArgv: [] })
  onTestFinished(() => void taker.kill('SIGKILL'))
  await once(taker, 'message')
  return taker
}

/** @returns the folders that the process got */
async function take(taker: ChildProcess, folders: string[]): Promise<string[]> {
  taker.send(folders)
  const [taken] = await once(taker, 'message')
  return taken
}

/** Lets several processes lock the same folders, in the same order.
 * @returns how many processes got each folder */
async function race(folders: string[]): Promise<number[]> {
  const takers = await Promise.all(Array.from({ length: TAKERS }, startTaker))
  const taken = (await Promise.all(takers.map((taker) => take(taker, folders)))).flat()
  return folders.map((folder) => taken.filter((each) => each === folder).length)
}

const foldersCalled = (name: string) =>
  Array.from({ length: ROUNDS }, (_one, round) => join(root, `${name}-${round}`))
const onceEach = Array.from({ length: ROUNDS }, () => 1)

describe('of processes that open a data folder at the same moment, exactly one gets it', () => {
  it('when it is new', async () => {
    expect(await race(foldersCalled('new'))).toEqual(onceEach)
  })

  it('when the process that had it was killed', async () => {
    const abandoned = join(root, 'abandoned')
    const owner = await startTaker()
    expect(await take(owner, [abandoned])).toEqual([abandoned])
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    const folders = foldersCalled('abandoned')
    for (const folder of folders) await cp(abandoned, folder, { recursive: true })
    expect(await race(folders)).toEqual(onceEach)
  })

  it('when it was released', async () => {
    const folders = foldersCalled('released')
    for (const folder of folders) await (await lockFolder(folder)).release()
    expect(await race(folders)).toEqual(onceEach)
  })
})

it('a locked folder cannot be locked again by the same process', async () => {
  const folder = join(root, 'own')
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toThrow(DataFolderInUseError)
  await lock.release()
  await (await lockFolder(folder)).release()
  expect((await readdir(folder)).sort()).toEqual(['lock', 'lock-owner'])
})
