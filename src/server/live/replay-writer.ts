// Writes the answers of a replay in large pieces, because a write for each answer costs more than the answers do.
import { REPLAY_RESUME_BYTES, type Sink } from './sink.ts'

const WRITE_BYTES = REPLAY_RESUME_BYTES / 2

export class ReplayWriter {
  readonly #sink: Sink
  #texts: string[] = []
  #length = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** @returns once the client has read enough for more answers to follow (backpressure) */
  async add(text: string): Promise<void> {
    this.#texts.push(text)
    this.#length += text.length
    if (this.#length > WRITE_BYTES) await this.flush()
  }

  async flush(): Promise<void> {
    const texts = this.#texts
    this.#texts = []
    this.#length = 0
    await this.#sink.sendAll(texts)
  }
}
