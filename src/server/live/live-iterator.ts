// The async iterator that graphql-ws holds for a subscription. graphql-ws awaits the end of it, and calls `return` when
// the client stops the subscription.

/** Never yields, because the sink writes the answers to the socket itself. */
export class LiveIterator implements AsyncGenerator<never, void, void> {
  readonly #end = Promise.withResolvers<IteratorResult<never, void>>()
  #stop: (() => void) | null = null
  #isStopped = false

  /** Whether the client has stopped the subscription or disconnected. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** @param stop called when the client stops the subscription or disconnects; at once if it already has */
  onStop(stop: () => void): void {
    if (this.#isStopped) stop()
    else this.#stop = stop
  }

  /** Ends the subscription from the server's side. */
  end(): void {
    this.#end.resolve({ done: true, value: undefined })
  }

  next(): Promise<IteratorResult<never, void>> {
    return this.#end.promise
  }

  /** Called by graphql-ws when the client stops the subscription. It must not resolve `next`: graphql-ws would send
   * `complete` with the operation's id, which the client may use for another operation by then. */
  async return(): Promise<IteratorResult<never, void>> {
    this.#isStopped = true
    this.#stop?.()
    this.#stop = null
    return { done: true, value: undefined }
  }

  throw(): Promise<IteratorResult<never, void>> {
    return this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}
