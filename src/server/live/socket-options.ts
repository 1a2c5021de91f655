import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Limits } from '../../config.ts'
import type { GraphqlServer } from '../graphql.ts'

export interface SocketOptions {
  /** Where sockets are opened. */
  path: string
  limits: Limits
  /** Within which a client must say who it is; left out: 5 s. */
  initDeadlineMs?: number | undefined
  /** Parses and validates, with all the limits on documents; and has the live part. */
  graphql: GraphqlServer
}

/** A socket that is open. */
export interface Connection {
  socket: WebSocket
  /** What the WebSocket writes to. */
  tcp: Socket
  /** See `foreignOrigin`. */
  origin: string | null
  /** As the client gave it when it connected. */
  authorization: string | null
  /** Whether the client has answered the last ping. */
  isAlive: boolean
  /** When the client last sent anything. */
  heardAt: Date
}
