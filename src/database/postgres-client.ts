import pg from 'pg'

/** What a BEGIN answers. */
const BEGUN = { rowCount: null, rows: [], fields: [] }

/** A connection whose loss never ends the process. `pg` emits an `error` event when the server ends the connection, and
 * between two owners, as when the pool hands it on, nobody listens for a moment: Node then ends the process. The
 * statement that needs the connection fails on its own, and the pool drops the connection. */
export class PostgresClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    this.on('error', () => {})
  }
}

/** Sends statements without waiting for the answers to earlier ones: they run, and are answered, in the order in which
 * they were given. A transaction begins with its first statement: its BEGIN is not waited for. */
export class PipeliningClient extends PostgresClient {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, pipeline: true })
  }

  // biome-ignore lint/suspicious/noExplicitAny: `query` has a dozen signatures in `pg`, and this one serves them all.
  override query(...given: any[]): any {
    const [query] = given
    const answer = super.query.apply(this, given as Parameters<pg.Client['query']>)
    if (query?.text !== 'BEGIN') return answer
    // What was sent behind it must not become effective outside of a transaction, one statement after the other.
    Promise.resolve(answer).catch((error: Error) => this.connection.stream.destroy(error))
    return Promise.resolve(BEGUN)
  }
}
