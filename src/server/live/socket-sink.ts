// The sink of a subscription on a WebSocket.
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { CLOSE, closeSocket } from './close-socket.ts'
import type { LiveIterator } from './live-iterator.ts'
import { type BreakOff, QUEUE_LIMIT_BYTES, REPLAY_BYTES, type Sink } from './sink.ts'
import type { Connection } from './socket-options.ts'

// Of RFC 6455, section 5.2.
const TEXT_FRAME = 0x81
const LONGEST_OF_7_BITS = 125
const LENGTH_OF_16_BITS = 126
const LONGEST_OF_16_BITS = 0xffff

const TRY_AGAIN_LATER = { code: CLOSE.TRY_AGAIN_LATER, reason: 'Try again later' }
const CLOSES: Record<BreakOff, { code: number; reason: string }> = {
  OVERLOADED: { code: CLOSE.TRY_AGAIN_LATER, reason: 'Too slow' },
  FAULT: TRY_AGAIN_LATER,
  RESTART: { code: CLOSE.RESTART, reason: 'Restart' },
  EXPIRED: { code: CLOSE.FORBIDDEN, reason: 'Forbidden' },
}

/** @param operation.id as the client gave it */
export function createSocketSink(
  { connection, id }: { connection: Connection; id: string },
  iterator: LiveIterator,
): Sink {
  const { socket, tcp } = connection
  // All that differs between the frames of two clients who are told the same.
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`
  const isOpen = () => socket.readyState === socket.OPEN
  return {
    send: (json) => {
      if (!isOpen()) return
      if (socket.bufferedAmount > QUEUE_LIMIT_BYTES) {
        closeSocket(socket, CLOSES.OVERLOADED)
      } else sendText(connection, [head, json])
    },
    sendAll: (texts) => {
      if (!isOpen()) return
      tcp.cork()
      for (const json of texts) sendText(connection, [head, json])
      tcp.uncork()
    },
    drained: async () => {
      while (isOpen() && tcp.writableLength > REPLAY_BYTES) {
        await drainOrClose(tcp)
      }
    },
    heardAt: () => connection.heardAt,
    complete: () => iterator.end(),
    breakOff: (reason) => closeSocket(socket, CLOSES[reason]),
  }
}

/** Plain ASCII, as nearly everything is, goes out in one write with its frame: the library makes two pieces of a
 * message, which costs a fifth more. Both write whole frames at once, so that they never mix. */
function sendText({ socket, tcp }: { socket: WebSocket; tcp: Socket }, [head, json]: [string, string]): void {
  const length = head.length + json.length + 1
  const isShort = length > LONGEST_OF_7_BITS && length <= LONGEST_OF_16_BITS
  if (isShort && isAscii(json) && isAscii(head)) {
    const frame = String.fromCharCode(TEXT_FRAME, LENGTH_OF_16_BITS, length >> 8, length & 0xff)
    tcp.write(`${frame}${head}${json}}`, 'latin1')
  } else socket.send(`${head}${json}}`)
}

const isAscii = (text: string) => Buffer.byteLength(text) === text.length

function drainOrClose(tcp: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  tcp.once('drain', resolve).once('close', resolve)
  return promise.finally(() => tcp.off('drain', resolve).off('close', resolve))
}
