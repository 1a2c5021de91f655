// Keeps what was made of the texts of documents that clients sent last: parsed documents, and syntax errors. It is bounded
// by the length of the texts, because a parsed document takes many times the memory of its text.

export class DocumentCache<Value> {
  readonly #maxCharacters: number
  /** The least recently used text first. */
  readonly #values = new Map<string, Value>()
  #characters = 0

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters
  }

  get(text: string): Value | undefined {
    const value = this.#values.get(text)
    if (value !== undefined) {
      this.#values.delete(text)
      this.#values.set(text, value)
    }
    return value
  }

  set(text: string, value: Value): void {
    if (this.#values.has(text)) this.#characters -= text.length
    this.#values.set(text, value)
    this.#characters += text.length
    for (const [oldest] of this.#values) {
      if (this.#characters <= this.#maxCharacters) return
      this.#values.delete(oldest)
      this.#characters -= oldest.length
    }
  }
}
