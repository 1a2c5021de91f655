// How the server closes sockets.
import type { WebSocket } from 'ws'

/** How long a client that does not read may take to say goodbye. */
const CLOSE_DEADLINE_MS = 5000

/** Why the server closes a socket (docs/delivery.md). */
export const CLOSE = {
  /** The token has expired or is not valid: come back with another. */
  FORBIDDEN: 4403,
  /** Too many messages. Clients of graphql-ws do not come back by themselves. */
  TOO_MANY_MESSAGES: 1008,
  /** Too many sockets of one identity. Clients of graphql-ws do not come back by themselves. */
  TOO_MANY_SOCKETS: 4429,
  /** Too slow a reader, or a fault of ours: come back with the last cursor. */
  TRY_AGAIN_LATER: 1013,
  /** The node stops: come back, to another node. */
  RESTART: 1012,
} as const

/** Closes; and breaks the connection if the client does not answer. */
export function closeSocket(socket: WebSocket, { code, reason }: { code: number; reason: string }): void {
  if (socket.readyState !== socket.OPEN) return
  socket.close(code, reason)
  const deadline = setTimeout(() => socket.terminate(), CLOSE_DEADLINE_MS)
  socket.once('close', () => clearTimeout(deadline))
}
