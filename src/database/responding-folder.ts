// Finds out whether a folder responds at all. On a network file system whose server is away, every access waits for ever,
// and a process that waits so cannot even exit; so another process tries it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { UnusableDatabaseError } from './unusable-database-error.ts'

const RESPONDS_WITHIN_MS = 10_000
const PROBE = `const { mkdirSync, writeFileSync, rmSync } = require('node:fs')
const [folder] = process.argv.slice(1)
mkdirSync(folder, { recursive: true })
writeFileSync(folder + '/probe', '')
rmSync(folder + '/probe')`

/** Says nothing about whether the folder can be used: whoever uses it finds out, and says why.
 * @throws UnusableDatabaseError when it does not respond */
export async function requireResponding(folder: string): Promise<void> {
  const probe = spawn(process.execPath, ['-e', PROBE, folder], { stdio: 'ignore', env: {} })
  const timeout = new AbortController()
  const isDone = Promise.race([
    once(probe, 'exit').then(() => true),
    pause(RESPONDS_WITHIN_MS, false, { signal: timeout.signal }).catch(() => true),
  ])
  const responds = await isDone.finally(() => timeout.abort())
  if (responds) return
  probe.kill('SIGKILL')
  probe.unref()
  throw new UnusableDatabaseError(
    `The data folder ${resolve(folder)} does not respond. Check the file system that it is on, or set DATA_DIR to another folder.`,
  )
}
