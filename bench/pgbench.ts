// Replays statements of the application with pgbench, the load generator of Postgres: the same SQL in the same order,
// with new ids and times for each transaction, so that each transaction really changes the database.
import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type pg from 'pg'
import type { Statement } from './statements.ts'

/** Replaces pieces of text in the parameters with SQL expressions, in which `:number` is a different integer for each
 * transaction. */
export type Replacements = ReadonlyMap<string, string>

/** An instant in the parameters that is replaced. Instants up to `within` milliseconds away move along with it. */
export interface MovingTime {
  instant: number
  within: number
  /** The SQL expression for the instant itself. */
  expression: string
}

const ID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/

/** Converts the statements into a script for pgbench. Every id that is not in `replacements` becomes a new id. */
export async function toScript(
  sql: pg.Client,
  {
    statements,
    replacements,
    time,
  }: { statements: Statement[]; replacements: Replacements; time: MovingTime },
): Promise<string> {
  const all = new Map(replacements)
  const script: string[] = ['\\set number :first + :client_id + :clients * :turn', '\\set turn :turn + 1']
  for (const statement of statements) {
    const types = statement.values.length === 0 ? [] : await parameterTypes(sql, statement.sql)
    const parameters = statement.values.map((value, index) => {
      const expression = isInstant(value, time) ? toInstant(value, time) : toExpression(value, all)
      return `(${expression})::${types[index]}`
    })
    script.push(`${statement.sql.replace(/\$(\d+)/g, (_, place) => parameters[place - 1] ?? '')};`)
  }
  return script.join('\n')
}

async function parameterTypes(sql: pg.Client, statement: string): Promise<string[]> {
  await sql.query(`PREPARE captured AS ${statement}`)
  const { rows } = await sql.query<{ types: string[] }>(
    `SELECT parameter_types::text[] AS types FROM pg_prepared_statements WHERE name = 'captured'`,
  )
  await sql.query('DEALLOCATE captured')
  return rows[0]?.types ?? []
}

function isInstant(value: unknown, { instant, within }: MovingTime): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(value)) return false
  return Math.abs(Date.parse(`${value}Z`) - instant) <= within
}

function toInstant(value: string, { instant, expression }: MovingTime): string {
  return `${expression} + interval '${Date.parse(`${value}Z`) - instant} ms'`
}

/** Converts a parameter, as the driver got it, into SQL. */
function toExpression(value: unknown, replacements: Map<string, string>): string {
  if (value === null || value === undefined) return 'NULL'
  if (Array.isArray(value)) return toLiteral(`{${value.join(',')}}`)
  if (value instanceof Uint8Array) return toLiteral(`\\x${Buffer.from(value).toString('hex')}`)
  const known = [...replacements.keys()].map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const pieces = String(value).split(new RegExp(`(${[...known, ID.source].join('|')})`))
  return pieces
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (ID.test(piece) && !replacements.has(piece)) replacements.set(piece, newId(replacements.size))
      return replacements.get(piece) ?? toLiteral(piece)
    })
    .join(' || ')
}

/** An expression for a new id. Ids ascend, as those of the application do. */
function newId(kind: number): string {
  return `lpad(:number::text || '${String(kind).padStart(4, '0')}', 32, '0')::uuid::text`
}

/** Quotes text as SQL. Splits it after colons, because pgbench would take a colon and a word for a variable. */
export function toLiteral(text: string): string {
  return text
    .replaceAll("'", "''")
    .split(/(?<=:)(?=[a-z_])/i)
    .map((piece) => `'${piece}'`)
    .join(' || ')
}

export interface PgbenchRun {
  databaseUrl: string
  script: string
  /** How many clients run transactions concurrently. */
  clients: number
  seconds: number
  /** The first value of `:number`. */
  first: number
}

/** @returns how many transactions ran, and how many per second
 * @throws Error if a transaction failed */
export async function runPgbench(run: PgbenchRun): Promise<{ transactions: number; perSecond: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-pgbench-'))
  try {
    const file = join(folder, 'script.sql')
    await writeFile(file, run.script)
    const flags = ['--no-vacuum', '--protocol=prepared', `--file=${file}`, `--time=${run.seconds}`]
    const load = [`--client=${run.clients}`, `--jobs=${Math.min(run.clients, 2)}`]
    const variables = ['-D', `first=${run.first}`, '-D', `clients=${run.clients}`, '-D', 'turn=0']
    const { stdout } = await promisify(execFile)(
      findPgbench(),
      [...flags, ...load, ...variables, run.databaseUrl],
      { env: { ...process.env, PGOPTIONS: '-c TimeZone=UTC -c jit=off' } },
    )
    const find = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1])
    return { transactions: find(/actually processed: (\d+)/), perSecond: find(/tps = ([\d.]+)/) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function findPgbench(): string {
  const onPath = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'pgbench'))
  const ofDebian = globSync('/usr/lib/postgresql/*/bin/pgbench').sort().reverse()
  const found = [...ofDebian, ...onPath].find((file) => existsSync(file))
  if (found === undefined) throw new Error('pgbench is not installed; it comes with the server of Postgres.')
  return found
}
