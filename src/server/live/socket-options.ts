import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Limits } from '../../config/config.ts'
import type { Credentials } from '../../services/identity/authenticate.ts'
import type { GraphqlServer } from '../graphql.ts'
import type { SocketOutlet } from './socket-outlet.ts'

export interface SocketOptions {
  /** The URL path at which clients open sockets. */
  path: string
  limits: Limits
  /** How long a client may take to send `connection_init`; left out: 5 s. */
  initDeadlineMs?: number | undefined
  /** Parses and validates operations within all limits on documents, and runs the subscriptions. */
  graphql: GraphqlServer
}

/** An open socket. */
export interface Connection {
  socket: WebSocket
  /** The TCP socket beneath the WebSocket. */
  tcp: Socket
  /** Everything that is sent on the socket goes through it. */
  outlet: SocketOutlet
  /** See `Client`. */
  address: string | null
  /** See `Origins.foreign`. */
  origin: string | null
  /** Ends the time in which the socket counts as not signed in. */
  hasArrived: () => void
  /** Those of `connection_init`. */
  credentials: Credentials
  /** Whether the client has answered the last ping. */
  isAlive: boolean
  /** When the client connected or last answered a ping. */
  heardAt: Date
}
