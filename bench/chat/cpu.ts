// What each process has used of the processors. Reads Linux's /proc, so that it knows of a Postgres on the same machine
// only.
import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/** Milliseconds of processor time. */
export interface Cpu {
  /** The node that makes the requests: this process. */
  requests: number
  /** The node with the sockets. */
  server: number
  clients: number
  /** By the process of each connection to the database; without what Postgres does in the background. */
  postgres: Map<number, number>
}

/** Of Linux: how many clock ticks make a second. */
const TICKS = 100

const toMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000

/** @param children what the other processes say of themselves */
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

/** @returns 0 for a process that is gone, or on another machine */
async function readProcessMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // Behind the name, in brackets: see proc_pid_stat(5), fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1000) / TICKS
}

/** @returns for people to read: milliseconds of each process for one request, and of all of them */
export function describeCpu({ before, after, count }: { before: Cpu; after: Cpu; count: number }): string {
  const names = ['requests', 'server', 'clients'] as const
  // Connections that were closed meanwhile had nothing to do.
  const postgres = [...after.postgres].map(([pid, time]) => time - (before.postgres.get(pid) ?? 0))
  const used = [...names.map((name) => after[name] - before[name]), sumOf(postgres)]
  return [...used, sumOf(used)].map((milliseconds) => (milliseconds / count).toFixed(1)).join('\t')
}

const sumOf = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0)
