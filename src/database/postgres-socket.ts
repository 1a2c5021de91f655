// The TCP sockets to Postgres. A server or a network that falls silent must not keep anyone waiting for ever, and their
// errors must be told from those of sockets to anywhere else.
import { Socket } from 'node:net'

/** Longer than a statement may take, so that a server that works is never silent for this long. */
const SILENT_MS = 40_000

const errors = new WeakSet<object>()

/** Sends in one packet what `pg` writes in one turn of the event loop: a packet costs more than what is in it. */
class GatheringSocket extends Socket {
  override uncork(): void {
    setImmediate(() => super.uncork())
  }
}

/** For the option `stream` of `pg`.
 * @param options.silentMs left out: 40 s */
export function createPostgresSocket({
  silentMs = SILENT_MS,
}: {
  silentMs?: number | undefined
} = {}): Socket {
  const socket = new GatheringSocket()
  socket.setTimeout(silentMs, () => {
    socket.destroy(new Error(`The database has not answered for ${silentMs / 1000} s`))
  })
  return socket.on('error', noteConnectionError)
}

/** Records an error of a connection to Postgres. */
export function noteConnectionError(error: object): void {
  errors.add(error)
}

export function isConnectionError(error: object): boolean {
  return errors.has(error)
}
