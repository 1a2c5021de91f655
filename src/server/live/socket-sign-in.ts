// Who is at the other end of a socket, how many sockets they have, and for how long the token is good.
import type { App } from '../../app.ts'
import { UnauthenticatedError } from '../../errors.ts'
import type { Session } from '../../services/identity/authenticate.ts'
import { callerOf } from '../../services/identity/viewer.ts'
import { CLOSE, closeSocket } from './close-socket.ts'
import type { Connection, SocketOptions } from './socket-options.ts'

interface Place {
  caller: string
  cancelExpiry: () => void
}

export class SocketSignIn {
  readonly #app: App
  readonly #options: SocketOptions
  readonly #places = new Map<Connection, Place>()
  /** How many sockets each identity has. */
  readonly #taken = new Map<string, number>()

  constructor(app: App, options: SocketOptions) {
    this.#app = app
    this.#options = options
  }

  /** Signs the client in, or closes the socket with the reason.
   * @returns false when the token is not valid: the library closes with 4403 */
  async connect(connection: Connection, authorization: string | null): Promise<boolean> {
    const { socket } = connection
    try {
      const session = await this.#app.authenticate(authorization)
      connection.authorization = authorization
      if (!this.#takePlace(connection, session)) {
        closeSocket(socket, { code: CLOSE.TOO_MANY_SOCKETS, reason: 'Too many sockets' })
      }
      return true
    } catch (error) {
      if (error instanceof UnauthenticatedError) return false
      this.#options.graphql.live.mask(error)
      closeSocket(socket, { code: CLOSE.TRY_AGAIN_LATER, reason: 'Try again later' })
      return true
    }
  }

  /** The socket has gone. */
  leave(connection: Connection): void {
    const place = this.#places.get(connection)
    if (place === undefined) return
    this.#places.delete(connection)
    place.cancelExpiry()
    const left = (this.#taken.get(place.caller) ?? 1) - 1
    if (left > 0) this.#taken.set(place.caller, left)
    else this.#taken.delete(place.caller)
  }

  #takePlace(connection: Connection, { viewer, expiresAt }: Session): boolean {
    const { socket, tcp } = connection
    const caller = viewer.kind === 'ANONYMOUS' ? `anonymous ${tcp.remoteAddress}` : callerOf(viewer)
    const taken = this.#taken.get(caller) ?? 0
    if (taken >= this.#options.limits.maxSocketsPerCaller) return false
    // It may have gone while the token was looked at.
    if (socket.readyState !== socket.OPEN) return true
    const expire = () => closeSocket(socket, { code: CLOSE.FORBIDDEN, reason: 'Forbidden' })
    const cancelExpiry = expiresAt ? this.#app.services.clock.at(expiresAt, expire) : () => {}
    this.#taken.set(caller, taken + 1)
    this.#places.set(connection, { caller, cancelExpiry })
    return true
  }
}
