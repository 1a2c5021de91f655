// Measures the CPU time of each process. Reads Linux's /proc, so it includes Postgres only if that runs on this
// machine.
import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/** CPU time in milliseconds. */
export interface Cpu {
  /** The node that makes the requests: this process. */
  requests: number
  /** The node with the sockets. */
  server: number
  clients: number
  /** By the id of each connection's process, without the background processes of Postgres. */
  postgres: Map<number, number>
}

/** Linux's clock ticks per second. */
const TICKS = 100

const toMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000

/** @param children the usage that the other processes report */
export async function readCpu(
  sql: pg.Client,
  children: { server: NodeJS.CpuUsage; clients: NodeJS.CpuUsage },
): Promise<Cpu> {
  const { rows } = await sql.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
  )
  const times = rows.map(async ({ pid }): Promise<[number, number]> => [pid, await readProcessMs(pid)])
  return {
    requests: toMs(process.cpuUsage()),
    server: toMs(children.server),
    clients: toMs(children.clients),
    postgres: new Map(await Promise.all(times)),
  }
}

/** @returns 0 for a process that has ended, or runs on another machine */
async function readProcessMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The fields after the name in brackets: see proc_pid_stat(5), fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1000) / TICKS
}

/** @returns a table row: milliseconds of CPU for one request, of each process and of all together */
export function describeCpu({ before, after, count }: { before: Cpu; after: Cpu; count: number }): string {
  const names = ['requests', 'server', 'clients'] as const
  // Connections that were closed meanwhile were idle, so they can be left out.
  const postgres = [...after.postgres].map(([pid, time]) => time - (before.postgres.get(pid) ?? 0))
  const used = [...names.map((name) => after[name] - before[name]), sumOf(postgres)]
  return [...used, sumOf(used)].map((milliseconds) => (milliseconds / count).toFixed(1)).join('\t')
}

const sumOf = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0)
