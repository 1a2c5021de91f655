// The sink of a subscription on a WebSocket: writes `next` messages to the socket.
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { CloseCode, closeSocket } from './close-socket.ts'
import type { LiveIterator } from './live-iterator.ts'
import { type AbortReason, QUEUE_LIMIT_BYTES, REPLAY_RESUME_BYTES, type Sink } from './sink.ts'
import type { Connection } from './socket-options.ts'

// The header of a frame: RFC 6455, section 5.2.
const TEXT_FRAME = 0x81
const MAX_7_BIT_LENGTH = 125
const EXTENDED_16_BIT_LENGTH = 126
const MAX_16_BIT_LENGTH = 0xffff

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
  const { socket, tcp } = connection
  // The rest of the message is the same for all clients that get this answer.
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`
  const isOpen = () => socket.readyState === socket.OPEN
  return {
    send: (json) => {
      if (!isOpen()) return
      if (socket.bufferedAmount > QUEUE_LIMIT_BYTES) {
        closeSocket(socket, CLOSE_FRAMES.OVERLOADED)
      } else sendText(connection, [head, json])
    },
    sendAll: (texts) => {
      if (!isOpen()) return
      tcp.cork()
      for (const json of texts) sendText(connection, [head, json])
      tcp.uncork()
    },
    drained: async () => {
      while (isOpen() && tcp.writableLength > REPLAY_RESUME_BYTES) {
        await drainOrClose(tcp)
      }
    },
    heardAt: () => connection.heardAt,
    complete: () => iterator.end(),
    abort: (reason) => closeSocket(socket, CLOSE_FRAMES[reason]),
  }
}

/** Writes an ASCII text, as nearly every answer is, together with its frame header in one write. ws writes the two
 * separately, which costs a fifth more. Both ways write whole frames, so frames never mix. */
function sendText({ socket, tcp }: { socket: WebSocket; tcp: Socket }, [head, json]: [string, string]): void {
  const length = head.length + json.length + 1
  const has16BitLength = length > MAX_7_BIT_LENGTH && length <= MAX_16_BIT_LENGTH
  if (has16BitLength && isAscii(json) && isAscii(head)) {
    const frame = String.fromCharCode(TEXT_FRAME, EXTENDED_16_BIT_LENGTH, length >> 8, length & 0xff)
    tcp.write(`${frame}${head}${json}}`, 'latin1')
  } else socket.send(`${head}${json}}`)
}

const isAscii = (text: string) => Buffer.byteLength(text) === text.length

function drainOrClose(tcp: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  tcp.once('drain', resolve).once('close', resolve)
  return promise.finally(() => tcp.off('drain', resolve).off('close', resolve))
}
