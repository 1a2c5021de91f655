// Creates the context of an operation, whether it arrives as an HTTP request or over a socket.
import type { IncomingMessage } from 'node:http'
import type { App } from '../app.ts'
import type { SchemaContext } from '../schema/context.ts'
import { readStreamHeads } from '../services/events/stream-heads.ts'
import type { Session } from '../services/identity/authenticate.ts'

/** What Yoga gets besides the request. An operation over a socket brings its finished context along. */
export interface SocketInitial {
  /** The request of HTTP as Node received it; none if the server is called directly. */
  req?: IncomingMessage
  socketContext?: SchemaContext
}

export interface Requester {
  session: Session
  /** See `Origins.foreign`. */
  origin: string | null
  /** See `Client`. */
  address: string | null
}

/** @param options.bindBrowser left out: the caller is no browser that keeps cookies
 * @param options.query the document. If it selects `streamHead`, the heads are read here, before any other data, so
 * that a client that subscribes from them misses nothing. */
export async function createContext(
  { services }: App,
  options: Requester &
    Partial<Pick<SchemaContext, 'bindBrowser'>> & { query: string | null | undefined; maxCost: number },
): Promise<SchemaContext> {
  const { session, origin, address, query, maxCost, bindBrowser = () => {} } = options
  const { viewer } = session
  const asksForStreamHead = query?.includes('streamHead') === true
  const streamHeads = asksForStreamHead ? await readStreamHeads({ ...services, viewer }) : null
  const client = { address, refusals: [] }
  return { ...services, viewer, origin, client, maxCost, streamHeads, bindBrowser }
}
