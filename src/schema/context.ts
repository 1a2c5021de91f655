import type { StreamHeads } from '../services/events/stream-heads.ts'
import type { RequestContext } from '../services/identity/request-context.ts'

/** What resolvers are given. */
export interface SchemaContext extends RequestContext {
  /** The most one operation may cost (see docs/limits.md). */
  maxCost: number
  /** Where the viewer's streams stood before anything was read; null when nobody asks for it. */
  streamHeads: StreamHeads | null
}
