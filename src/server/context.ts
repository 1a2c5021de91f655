// The context of one operation, whether it came as a request or over a socket.
import type { App } from '../app.ts'
import type { SchemaContext } from '../schema/context.ts'
import { readStreamHeads } from '../services/events/stream-heads.ts'
import type { Session } from '../services/identity/authenticate.ts'

/** Handed to Yoga with an operation that came over a socket, whose context is made already. */
export interface SocketInitial {
  socketContext?: SchemaContext
}

export interface Requester {
  session: Session
  /** The origin of a page on another website; null for our own pages and for what is no browser. */
  origin: string | null
}

/** @param options.query the document; the places of streams are read here, before anything else, if it asks for them */
export async function createContext(
  { services }: App,
  options: Requester & { query: string | null | undefined; maxCost: number },
): Promise<SchemaContext> {
  const { session, origin, query, maxCost } = options
  const { viewer } = session
  const asksForStreamHead = query?.includes('streamHead') === true
  const streamHeads = asksForStreamHead ? await readStreamHeads({ ...services, viewer }) : null
  return { ...services, viewer, origin, maxCost, streamHeads }
}

/** See `Requester.origin`.
 * @param request.host the Host header */
export function foreignOrigin({ origin, host }: { origin: string | null; host: string }): string | null {
  const isOwn = origin !== null && URL.parse(origin)?.host === host
  return isOwn ? null : origin
}
