// What a replay sends: many answers at once, because a write for each costs more than the answers.
import { REPLAY_BYTES, type Sink } from './sink.ts'

const WRITE_BYTES = REPLAY_BYTES / 2

export class Outbox {
  readonly #sink: Sink
  #texts: string[] = []
  #length = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** @returns when the client has read so much that more may follow */
  async add(text: string): Promise<void> {
    this.#texts.push(text)
    this.#length += text.length
    if (this.#length > WRITE_BYTES) await this.flush()
  }

  async flush(): Promise<void> {
    const texts = this.#texts
    this.#texts = []
    this.#length = 0
    this.#sink.sendAll(texts)
    await this.#sink.drained()
  }
}
