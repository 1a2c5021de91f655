// What GraphQL's library holds of a subscription on a socket: it waits for its end, and says when the client stops it.

/** Never yields: the answers go straight to the socket. */
export class LiveIterator implements AsyncGenerator<never, void, void> {
  readonly #end = Promise.withResolvers<IteratorResult<never, void>>()
  #stop: (() => void) | null = null
  #isStopped = false

  /** Whether the client has stopped the subscription, or has gone. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** @param stop called when the client stops the subscription, or goes; at once if it already has */
  onStop(stop: () => void): void {
    if (this.#isStopped) stop()
    else this.#stop = stop
  }

  /** The server ends the subscription. */
  end(): void {
    this.#end.resolve({ done: true, value: undefined })
  }

  next(): Promise<IteratorResult<never, void>> {
    return this.#end.promise
  }

  /** The client stops the subscription. This is not its end: at the end the library tells the client, by the id of the
   * operation, which may be another operation's by then. Nobody holds what waits for the end any more. */
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
