// The sink of a subscription on a WebSocket: writes `next` messages to the socket.
import { CloseCode, closeSocket } from './close-socket.ts'
import type { LiveIterator } from './live-iterator.ts'
import type { AbortReason, Sink } from './sink.ts'
import type { Connection } from './socket-options.ts'

/** Aborting a subscription closes its socket, and so ends the socket's other subscriptions too. */
const CLOSE_FRAMES: Record<AbortReason, { code: number; reason: string }> = {
  OVERLOADED: { code: CloseCode.TryAgainLater, reason: 'Overloaded' },
  FAULT: { code: CloseCode.TryAgainLater, reason: 'Try again later' },
  RESTART: { code: CloseCode.ServiceRestart, reason: 'Restart' },
  EXPIRED: { code: CloseCode.Forbidden, reason: 'Forbidden' },
}

/** @param operation.id the client's id of the operation */
export function createSocketSink(
  { connection, id }: { connection: Connection; id: string },
  iterator: LiveIterator,
): Sink {
  const { socket, outlet } = connection
  // The rest of the message is the same for all clients that get this answer.
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`
  const toMessage = (json: string) => ({ head, json, tail: '}' })
  return {
    send: (json) => outlet.send(toMessage(json)),
    sendAll: (texts) => outlet.sendWhenDrained(texts.map(toMessage), () => !iterator.isStopped),
    heardAt: () => connection.heardAt,
    complete: () => iterator.end(),
    abort: (reason) => closeSocket(socket, CLOSE_FRAMES[reason]),
  }
}
