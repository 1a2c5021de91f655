// The set-up of a test file whose program runs in its own processes, as in production.
import { afterAll, beforeAll } from 'vitest'
import { createPostgresDatabase } from './database.ts'
import { START_DEADLINE_MS } from './program.ts'
import { standIn } from './scene.ts'
import { type Demo, killServerProcesses, type ServerProcess, startServerProcess } from './server-process.ts'

export type Nodes<Name extends string> = Readonly<Record<Name, ServerProcess>> & {
  /** The demo of the common database; there is none with AUTH_ISSUER. */
  readonly demo: Demo
  /** Starts a further node. */
  startNode(): Promise<ServerProcess>
}

export interface NodesOptions {
  /** Runs before the nodes start.
   * @returns further variables of their environment */
  prepare?(databaseUrl: string): Promise<Record<string, string>>
}

/** Starts nodes on one Postgres database at the same moment, before the first test, and removes all of them after the
 * last test. */
export function useNodes<Name extends string>(names: Name[], options: NodesOptions = {}): Nodes<Name> {
  const nodes = new Map<string, ServerProcess>()
  let database: Awaited<ReturnType<typeof createPostgresDatabase>> | undefined
  let demo: Demo | undefined
  let environment: Record<string, string> = {}
  const startNode = () => startServerProcess(environment)
  beforeAll(async () => {
    database = await createPostgresDatabase()
    environment = { DATABASE_URL: database.url, ...(await options.prepare?.(database.url)) }
    const started = await Promise.all(names.map(startNode))
    for (const [index, name] of names.entries()) nodes.set(name, started[index] as ServerProcess)
    if (environment.AUTH_ISSUER === undefined) demo = await started[0]?.readDemo()
  }, 2 * START_DEADLINE_MS)
  afterAll(async () => {
    await killServerProcesses()
    await database?.drop()
  })
  const named = names.map((name) => [name, standIn(() => nodes.get(name))])
  return { ...Object.fromEntries(named), demo: standIn(() => demo), startNode }
}
