// Measures how much longer an honest visitor, an agent's console and a date picker wait while a script attacks, and what the
// attack costs in memory: two nodes behind a proxy on one Postgres, with the documented limits. Honest visitors come one
// after the other; the attacker runs in another process. Run it with `npm run bench:abuse`; it exits with 1 if a bar is
// missed.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Tally } from '../test/kit/abuse/attacker.ts'
import { visitBookAndChat } from '../test/kit/abuse/honest.ts'
import { AUDIENCE, FORGET_ATTACK, furnishSite, siteEnvironment } from '../test/kit/abuse/site.ts'
import { openWindows, type Windows } from '../test/kit/abuse/windows.ts'
import { freePort } from '../test/kit/free-port.ts'
import { INSPECTABLE, type MemoryProbe, probeMemory } from '../test/kit/node-memory.ts'
import { startOidcProvider } from '../test/kit/oidc-provider.ts'
import { type Program, spawnProgram } from '../test/kit/program.ts'
import { percentiles } from './chat/stage.ts'
import { Child } from './fanout/child.ts'
import { describeMachine } from './slots.ts'

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const SECONDS = Number(process.env.ABUSE_SECONDS ?? 15)
const WARM_UP_VISITS = 20
const BARS = { ratio: 2, mebibytes: 64 }
const ADDRESS = /^Switchboard is listening on (http:\S+)\.$/m

/** Honest visitors come for some seconds.
 * @returns the milliseconds that each of their steps took, and that each event took to be shown */
async function visitFor(windows: Windows, seconds: number): Promise<number[]> {
  const samples: number[] = []
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    samples.push(...(await visitBookAndChat(windows)).map(({ ms }) => ms))
  }
  return samples
}

async function listening({ output, errors, process: child }: Program): Promise<string> {
  for (;;) {
    const url = ADDRESS.exec(output())?.[1]
    if (url !== undefined && (await fetch(`${url}/health/ready`)).ok) return url
    if (child.exitCode !== null) throw new Error(errors())
    await pause(50)
  }
}

/** For wake-ups between the nodes; it keeps nothing. */
async function startRedis(): Promise<{ url: string; process: ChildProcess }> {
  const port = await freePort()
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const process = spawn('redis-server', options, { stdio: 'ignore' })
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.unref()
    })
  while (!(await answers())) await pause(20)
  return { url: `redis://127.0.0.1:${port}`, process }
}

interface Stage {
  windows: Windows
  probe: MemoryProbe
  attacker: Child
  sql: pg.Client
}

async function measure(
  { windows, probe, attacker, sql }: Stage,
  { name, index }: { name: string; index: number },
): Promise<void> {
  await sql.query(FORGET_ATTACK)
  windows.declinesOthers = name.endsWith('many addresses')
  const before = await probe.measure()
  const alone = percentiles(await visitFor(windows, SECONDS))
  await attacker.ask('start', { site: windows.site, index })
  const attacked = percentiles(await visitFor(windows, SECONDS))
  const after = await probe.measure()
  const tally = await attacker.ask<Tally>('stop')
  const ratio = attacked.p99 / alone.p99
  const grown = (after.used - before.used) / 2 ** 20
  const times = [alone.p50, alone.p99, attacked.p50, attacked.p99].map((ms) => ms.toFixed(0))
  const figures = [...times, ratio.toFixed(2), grown.toFixed(1), (after.rss / 2 ** 20).toFixed(0)]
  console.log(`${[name, ...figures].join('\t')}\t${JSON.stringify(tally)}`)
  if (ratio > BARS.ratio || grown > BARS.mebibytes || !windows.areOpen()) {
    console.log(`MISSED: ${name}`)
    process.exitCode = 1
  }
}

async function run(sql: pg.Client, environment: Record<string, string>): Promise<void> {
  const provider = await startOidcProvider({ audience: AUDIENCE })
  const redis = await startRedis()
  const own = { ...siteEnvironment(provider), REDIS_URL: redis.url, ...INSPECTABLE, ...environment }
  const programs = [1, 2].map(() => spawnProgram(own))
  const attacker = new Child(new URL('abuse/attacker.ts', import.meta.url))
  try {
    const nodes = await Promise.all(programs.map(listening))
    const windows = await openWindows(await furnishSite(nodes, provider))
    const probe = await probeMemory(programs[0] as Program)
    for (let visits = 0; visits < WARM_UP_VISITS; visits++) await visitBookAndChat(windows)
    console.log(
      'attack; ms alone: p50, p99; ms under attack: p50, p99; ratio of p99; MiB more; MiB of RSS; answers',
    )
    const names = await attacker.ask<string[]>('names')
    for (const [index, name] of names.entries())
      await measure({ windows, probe, attacker, sql }, { name, index })
    windows.close()
    probe.close()
  } finally {
    for (const { process: child } of [...programs, redis]) child.kill('SIGKILL')
    await Promise.all([...programs.map(({ exitCode }) => exitCode), attacker.stop(), provider.stop()])
  }
}

console.log(describeMachine())
const name = `switchboard_bench_${randomUUID().replaceAll('-', '')}`
const folder = await mkdtemp(join(tmpdir(), 'switchboard-bench-'))
const server = new pg.Client({ connectionString: SERVER })
await server.connect()
await server.query(`CREATE DATABASE ${name}`)
const url = Object.assign(new URL(SERVER), { pathname: `/${name}` }).href
const sql = new pg.Client({ connectionString: url })
await sql.connect()
try {
  // Mails are written to the folder.
  await run(sql, { DATABASE_URL: url, DATA_DIR: folder })
} finally {
  await sql.end()
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`)
  await server.end()
  await rm(folder, { recursive: true })
}
process.exit()
