// Authenticates the client of a socket, limits how many sockets one caller may open, and closes a socket when its token
// expires.
import type { App } from '../../app.ts'
import { UnauthenticatedError, WorkspaceRequiredError } from '../../errors.ts'
import type { Credentials, Session } from '../../services/identity/authenticate.ts'
import { callerAt } from './caller-at.ts'
import { CloseCode, closeSocket } from './close-socket.ts'
import type { Connection, SocketOptions } from './socket-options.ts'

interface SignedIn {
  caller: string
  cancelExpiry: () => void
}

export class SocketSignIn {
  readonly #app: App
  readonly #options: SocketOptions
  readonly #signedIn = new Map<Connection, SignedIn>()
  /** Open sockets by caller. */
  readonly #counts = new Map<string, number>()

  constructor(app: App, options: SocketOptions) {
    this.#app = app
    this.#options = options
  }

  /** Signs the client in, or closes the socket with the reason.
   * @returns false if the token is not valid: graphql-ws then closes the socket with 4403. True also if the socket was
   * closed here: graphql-ws sends nothing on a closing socket. */
  async connect(connection: Connection, credentials: Credentials): Promise<boolean> {
    const { socket } = connection
    try {
      const session = await this.#app.authenticate(credentials)
      connection.credentials = credentials
      connection.outlet.onSignedIn()
      if (!this.#admit(connection, session)) {
        closeSocket(socket, { code: CloseCode.TooManySockets, reason: 'Too many sockets' })
      }
      return true
    } catch (error) {
      if (error instanceof UnauthenticatedError) return false
      if (error instanceof WorkspaceRequiredError) {
        closeSocket(socket, { code: CloseCode.Forbidden, reason: 'Workspace required' })
        return true
      }
      // `mask` logs the error. The masked error has no receiver, because the socket closes.
      this.#options.graphql.live.mask(error)
      closeSocket(socket, { code: CloseCode.TryAgainLater, reason: 'Try again later' })
      return true
    }
  }

  /** Must be called when the socket has closed. */
  leave(connection: Connection): void {
    const signedIn = this.#signedIn.get(connection)
    if (signedIn === undefined) return
    this.#signedIn.delete(connection)
    signedIn.cancelExpiry()
    const left = (this.#counts.get(signedIn.caller) ?? 1) - 1
    if (left > 0) this.#counts.set(signedIn.caller, left)
    else this.#counts.delete(signedIn.caller)
  }

  /** @returns false if the caller has too many sockets */
  #admit(connection: Connection, { viewer, expiresAt }: Session): boolean {
    const { socket, address } = connection
    const caller = callerAt(address, viewer)
    const count = this.#counts.get(caller) ?? 0
    if (count >= this.#options.limits.maxSocketsPerCaller) return false
    // If the client disconnected during authentication, `leave` may already have run, and a count added now would never
    // be removed.
    if (socket.readyState !== socket.OPEN) return true
    const expire = () => closeSocket(socket, { code: CloseCode.Forbidden, reason: 'Forbidden' })
    const cancelExpiry = expiresAt ? this.#app.services.clock.at(expiresAt, expire) : () => {}
    this.#counts.set(caller, count + 1)
    connection.hasArrived()
    this.#signedIn.set(connection, { caller, cancelExpiry })
    return true
  }
}
