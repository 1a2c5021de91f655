// The context that `server/` creates for each operation, and that resolvers pass on to services.
import type { BrowserBinding } from '../services/calendars/connection/attempt.ts'
import type { StreamHeads } from '../services/events/stream-heads.ts'
import type { RequestContext } from '../services/identity/request-context.ts'

/** What an operation costs, and what it may cost (docs/limits.md). Clients see it as `extensions.cost`. */
export interface Cost {
  requested: number
  maximum: number
}

export interface SchemaContext extends RequestContext {
  /** Lets the caller's browser keep what binds an attempt to connect a calendar to it. */
  bindBrowser(binding: BrowserBinding): void
  /** The limit on the cost of an operation (docs/limits.md). */
  maxCost: number
  /** The positions of the viewer's streams before anything was read; null if the operation does not select them. */
  streamHeads: StreamHeads | null
}
