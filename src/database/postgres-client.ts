import pg from 'pg'

/** A connection whose loss never ends the process. `pg` emits an `error` event when the server ends the connection, and
 * between two owners, as when the pool hands it on, nobody listens for a moment: Node then ends the process. The
 * statement that needs the connection fails on its own, and the pool drops the connection. */
export class PostgresClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    this.on('error', () => {})
  }
}
