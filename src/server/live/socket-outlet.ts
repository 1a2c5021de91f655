// The one way out of a socket: whatever the server sends on it passes here, so that no client can make it keep more than
// the limit by not reading.
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { CloseCode, closeSocket } from './close-socket.ts'
import { QUEUE_LIMIT_BYTES, REPLAY_RESUME_BYTES } from './sink.ts'

/** A client that is not signed in gets nothing but pongs and its acknowledgement. */
export const UNSIGNED_QUEUE_LIMIT_BYTES = 16 * 1024

// The header of a frame: RFC 6455, section 5.2.
const TEXT_FRAME = 0x81
const MAX_7_BIT_LENGTH = 125
const EXTENDED_16_BIT_LENGTH = 126
const MAX_16_BIT_LENGTH = 0xffff

/** A message in pieces. Many clients get the same answer, which is looked at as it is, and not copied before. */
export interface Enveloped {
  head: string
  json: string
  /** ASCII. */
  tail: string
}

export class SocketOutlet {
  readonly #socket: WebSocket
  readonly #tcp: Socket
  #limitBytes = UNSIGNED_QUEUE_LIMIT_BYTES

  /** @param tcp the TCP socket beneath the WebSocket */
  constructor(socket: WebSocket, tcp: Socket) {
    this.#socket = socket
    this.#tcp = tcp
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  onSignedIn(): void {
    this.#limitBytes = QUEUE_LIMIT_BYTES
  }

  /** Sends a message. Never waits; closes the socket if too much is already waiting. */
  send(message: string | Enveloped): void {
    if (!this.#canSend()) return
    if (typeof message === 'string') this.#socket.send(message)
    else this.#write(message)
  }

  /** Answers a ping frame. */
  pong(data: Buffer): void {
    if (this.#canSend()) this.#socket.pong(data)
  }

  /** Sends messages once so little is waiting that a replay may continue, in one write.
   * @param isWanted asked once they can be sent
   * @returns once little is waiting again, or once the client has disconnected */
  async sendWhenDrained(messages: Enveloped[], isWanted: () => boolean): Promise<void> {
    while (this.#mustDrain()) await drainOrClose(this.#tcp)
    // Nothing may run in between: everything else that waits for the client to read would write too.
    if (!this.isOpen || !isWanted()) return
    this.#tcp.cork()
    for (const message of messages) this.#write(message)
    this.#tcp.uncork()
    while (this.#mustDrain()) await drainOrClose(this.#tcp)
  }

  #mustDrain(): boolean {
    return this.isOpen && this.#tcp.writableLength > REPLAY_RESUME_BYTES
  }

  #canSend(): boolean {
    if (!this.isOpen) return false
    if (this.#socket.bufferedAmount <= this.#limitBytes) return true
    closeSocket(this.#socket, { code: CloseCode.TryAgainLater, reason: 'Overloaded' })
    return false
  }

  /** Writes an ASCII text, as nearly every answer is, together with its frame header in one write. ws writes the two
   * separately, which costs a fifth more. Both ways write whole frames, so frames never mix. */
  #write({ head, json, tail }: Enveloped): void {
    const length = head.length + json.length + tail.length
    const has16BitLength = length > MAX_7_BIT_LENGTH && length <= MAX_16_BIT_LENGTH
    if (has16BitLength && isAscii(json) && isAscii(head)) {
      const frame = String.fromCharCode(TEXT_FRAME, EXTENDED_16_BIT_LENGTH, length >> 8, length & 0xff)
      this.#tcp.write(`${frame}${head}${json}${tail}`, 'latin1')
    } else this.#socket.send(`${head}${json}${tail}`)
  }
}

const isAscii = (text: string) => Buffer.byteLength(text) === text.length

function drainOrClose(tcp: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  tcp.once('drain', resolve).once('close', resolve)
  return promise.finally(() => tcp.off('drain', resolve).off('close', resolve))
}
