// Records the statements that the application sends to Postgres.
import pg from 'pg'

export interface Statement {
  sql: string
  values: unknown[]
}

/** Runs `work`, and returns the statements that the application's own connections sent meanwhile, including BEGIN and
 * COMMIT. The connections of the job queue do not name their statements, and do not count. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = []
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (this: pg.Client, ...parameters: unknown[]) {
    const [config] = parameters as [string | Partial<pg.QueryConfig>]
    if (typeof config === 'object' && config.name !== undefined) {
      statements.push({ sql: config.text ?? '', values: config.values ?? [] })
    }
    return Reflect.apply(query, this, parameters)
  } as typeof query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  return statements
}
