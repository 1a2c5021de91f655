// How the server closes WebSockets.
import type { WebSocket } from 'ws'

/** How long a client may take to close the connection after either side has sent a close frame. A client that vanished
 * never does, and a stop of the node waits for it. */
export const CLOSE_DEADLINE_MS = 5000

/** Why the server closes a socket, besides the codes that graphql-ws itself uses (docs/delivery.md). Codes below 4000
 * are those of the WebSocket protocol. */
export const CloseCode = {
  /** The token has expired or is not valid, or the account must choose a workspace: the client should reconnect with
   * another. */
  Forbidden: 4403,
  /** The client sent too many messages. Clients of graphql-ws treat it as fatal and do not reconnect. */
  PolicyViolation: 1008,
  /** One caller opened too many sockets. Clients of graphql-ws treat it as fatal: it is the code of
   * TooManyInitialisationRequests there. */
  TooManySockets: 4429,
  /** Overloaded: the client reads too slowly, or the server cannot keep up. Or an internal error occurred. In both
   * cases, the client should reconnect with its last cursor. */
  TryAgainLater: 1013,
  /** The node stops: the client should reconnect to another node. */
  ServiceRestart: 1012,
} as const

/** Closes the socket. If the client does not answer in time, `ws` terminates the connection. */
export function closeSocket(socket: WebSocket, { code, reason }: { code: number; reason: string }): void {
  if (socket.readyState === socket.OPEN) socket.close(code, shorten(reason))
}

/** How many bytes of a reason fit into a close frame. */
const MAX_REASON_BYTES = 123

/** graphql-ws quotes the client's text in some reasons. */
function shorten(reason: string): string {
  const start = Buffer.from(reason).subarray(0, MAX_REASON_BYTES)
  // A character that is cut off decodes to the replacement character.
  return start.length < MAX_REASON_BYTES ? reason : start.toString().replace(/\uFFFD+$/, '')
}
