// Where the answers to one subscription go: a WebSocket, or the response to an HTTP request.
import type { GraphQLError } from 'graphql'

/** How much may wait for the client to read it when the next answer is sent. With more waiting, the client is too slow
 * and the subscription is aborted. The answers of one replay write may exceed it. */
export const QUEUE_LIMIT_BYTES = 256 * 1024
/** A replay pauses until no more than this waits for the client to read it. */
export const REPLAY_RESUME_BYTES = 64 * 1024

/** Ends a subscription with an error as the last answer: no retry would bring another. */
export function refuseWith(error: GraphQLError, sink: Sink): void {
  sink.send(JSON.stringify({ errors: [error] }))
  sink.complete()
}

/** Why the server ends a subscription early. OVERLOADED: the client reads too slowly, or the server cannot keep up.
 * FAULT: an internal error. RESTART: the node stops. EXPIRED: the token is no longer valid. */
export type AbortReason = 'OVERLOADED' | 'FAULT' | 'RESTART' | 'EXPIRED'

export interface Sink {
  /** Sends an answer, as JSON. Never waits; aborts the subscription if too much is already waiting. */
  send(json: string): void
  /** Sends the answers of a replay in order, in one write if the transport allows it, and not before so little is waiting
   * that a replay may continue.
   * @returns once little is waiting again, or once the client has disconnected or stopped the subscription */
  sendAll(json: string[]): Promise<void>
  /** When the client last showed that it is alive. */
  heardAt(): Date
  /** Ends the subscription in the regular way. */
  complete(): void
  /** Ends the subscription early. The client is expected to subscribe again with its last cursor. */
  abort(reason: AbortReason): void
}
