// What the tests ask of every client. Each file beside this one connects one client library in the way its users do.

export type Data = Record<string, unknown>
export type Variables = Record<string, unknown>

export interface Options {
  /** The address of the API. */
  url: string
  token: string
  /** Default: the global one. */
  fetch?: typeof fetch
}

export interface TestClient {
  /** Runs a query or a mutation.
   * @returns its data */
  request(document: string, variables?: Variables): Promise<Data>
  /** Runs a subscription.
   * @returns cancels it */
  subscribe?(document: string, onData: (data: Data) => void): () => void
  /** @returns what a query shows from the cache, without a request; null if something is missing */
  readCache?(document: string, variables?: Variables): Data | null
}

export type Connect = (options: Options) => TestClient

/** The address of the sockets of an API. */
export const socketUrl = (url: string) => url.replace(/^http/, 'ws')
