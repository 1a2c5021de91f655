// Where the answers to one subscription go: a socket, or the response of a request.

/** What may wait to be read by a client when there is more to tell. Beyond it the client is too slow. What is told at
 * once may be more. */
export const QUEUE_LIMIT_BYTES = 256 * 1024
/** A replay goes on when no more than this is waiting. */
export const REPLAY_BYTES = 64 * 1024

/** OVERLOADED: the client reads too slowly, or the server cannot keep up. FAULT: a fault of ours. RESTART: the node
 * stops. EXPIRED: the token is not good any more. */
export type BreakOff = 'OVERLOADED' | 'FAULT' | 'RESTART' | 'EXPIRED'

export interface Sink {
  /** Sends an answer, as JSON. Never waits; once too much is waiting to be read, it breaks off by itself. */
  send(json: string): void
  /** Sends the answers of a replay, one after the other but in one go. */
  sendAll(json: string[]): void
  /** @returns when so little is waiting that a replay may go on, or nothing more is read */
  drained(): Promise<void>
  /** When the client was last heard of. */
  heardAt(): Date
  /** The subscription is over. */
  complete(): void
  /** The client is to come back with its last cursor. */
  breakOff(reason: BreakOff): void
}
