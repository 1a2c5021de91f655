// Starts the product with its demo, in a process of its own, as `npm start` does. All tests of a run share it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Data, Variables } from './clients/client.ts'

const ROOT = join(import.meta.dirname, '../..')
const DEADLINE_MS = 60_000
const LISTENING = /^Switchboard is listening on (http:\S+)\.$/m

const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
/** All tests come from one address. One budget is exhausted on purpose, and must not come back meanwhile. */
const BUDGETS = [
  'visits.address=off',
  'holds.address=off',
  'bookings.address=off',
  'changes.address=off',
  'chatRequests.address=off',
  'chatRequests.visitor=20/24h',
].join(',')
const folder = await mkdtemp(join(tmpdir(), 'switchboard-clients-'))
const product = spawn(
  join(ROOT, 'node_modules/.bin/node'),
  ['--disable-warning=ExperimentalWarning', 'src/main.ts'],
  {
    cwd: ROOT,
    env: { PATH, HOME, NODE_COMPILE_CACHE, PORT: '0', DATA_DIR: 'memory', TMPDIR: folder, BUDGETS },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
const closed = once(product, 'close')
after(async () => {
  product.kill()
  await closed
  await rm(folder, { recursive: true, force: true })
})

let output = ''
product.stdout.setEncoding('utf8').on('data', (text: string) => {
  output += text
})

const origin = await waitFor(() => LISTENING.exec(output)?.[1])

/** The address of the API. */
export const url = `${origin}/graphql`

interface Identity {
  agentId: string
  role: 'ADMINISTRATOR' | 'AGENT'
  token: string
}

/** Who can sign in to the demo. */
export async function readDemo(): Promise<{ workspace: { publicKey: string }; identities: Identity[] }> {
  const response = await fetch(`${origin}/demo`, { headers: { accept: 'application/json' } })
  return await response.json()
}

export interface Answer {
  data?: Data | null
  errors?: { message: string; extensions?: { code?: string } }[]
}

/** Sends an operation without any client library. */
export async function send(
  query: string,
  call: { token?: string; variables?: Variables } = {},
): Promise<Answer> {
  const { token, variables = {} } = call
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return await response.json()
}

/** @throws Error if the operation failed */
export async function read(
  query: string,
  call: { token?: string; variables?: Variables } = {},
): Promise<Data> {
  const { data, errors } = await send(query, call)
  if (errors || !data) throw new Error(JSON.stringify(errors))
  return data
}

/** @returns the first value that is not undefined or false */
export async function waitFor<Value>(look: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
  for (const deadline = Date.now() + DEADLINE_MS; ; ) {
    const value = await look()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`This did not become true: ${look}`)
    await setTimeout(20)
  }
}
