/** Caches the latest promises by key, so that callers who ask for the same value at the same time share one. */
export class PromiseCache<Value, Key = number> {
  readonly #maxEntries: number
  readonly #values = new Map<Key, Promise<Value>>()

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  /** @param make called when the value is not cached. A promise that rejects leaves the cache. */
  get(key: Key, make: () => Promise<Value>): Promise<Value> {
    const known = this.#values.get(key)
    if (known) return known
    const value = make()
    this.#values.set(key, value)
    value.catch(() => this.#values.delete(key))
    const [first] = this.#values.keys()
    if (first !== undefined && this.#values.size > this.#maxEntries) this.#values.delete(first)
    return value
  }

  clear(): void {
    this.#values.clear()
  }
}
