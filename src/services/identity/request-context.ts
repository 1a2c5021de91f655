// The context of a request, for the use case that serves it: the parts of the application, and the viewer.
import type { QuotaExceededError } from '../../errors.ts'
import type { Services } from '../context.ts'
import type { Viewer } from './viewer.ts'

/** Whoever sent the request, as the network shows it. */
export interface Client {
  /** An IPv4 or IPv6 address; null: the request came from this program. */
  address: string | null
  /** What refused the request so far. */
  refusals: QuotaExceededError[]
}

/** For what the product does by itself. */
export const noClient = (): Client => ({ address: null, refusals: [] })

export interface RequestContext extends Services {
  viewer: Viewer
  client: Client
  /** The Origin header of a browser's request; null for other requests. */
  origin: string | null
}
