/** Keeps the promises that were made last, by key: callers who ask for the same thing at once share one. */
export class PromiseCache<Value> {
  readonly #most: number
  readonly #values = new Map<number, Promise<Value>>()

  constructor(most: number) {
    this.#most = most
  }

  /** @param make called when the value is not kept; not kept either when it fails */
  get(key: number, make: () => Promise<Value>): Promise<Value> {
    const known = this.#values.get(key)
    if (known) return known
    const value = make()
    this.#values.set(key, value)
    value.catch(() => this.#values.delete(key))
    const [first] = this.#values.keys()
    if (first !== undefined && this.#values.size > this.#most) this.#values.delete(first)
    return value
  }

  clear(): void {
    this.#values.clear()
  }
}
