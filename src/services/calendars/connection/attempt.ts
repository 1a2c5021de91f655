// An attempt to connect a calendar. It belongs to the browser in which the agent started it: whoever else gets an address of
// it could otherwise connect another account to the agent, or give away an account of their own.
import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { CalendarAuthorization, CalendarProvider } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { createSecretToken, hashToken } from '../../identity/signer.ts'
import type { Grant } from '../../ports/calendar-provider.ts'
import type { SecretBox } from '../../ports/secret-box.ts'
import { MINUTE } from '../../time.ts'

/** How long the agent may take to come back from the provider, and then to confirm. */
export const AUTHORIZATION_MS = 10 * MINUTE

/** What the browser must keep, in a cookie, to go on with an attempt. */
export interface BrowserBinding {
  /** Names the attempt among others of the browser. */
  name: string
  key: string
}

/** Which attempt goes on, and in which browser. */
export interface AttemptRequest {
  /** Whose address was called. */
  provider: CalendarProvider
  /** The attempt's secret, which went to the provider and back. */
  state: string
  /** What the browser keeps under `bindingName`; null for nothing. */
  browserKey: string | null
}

/** The calendar is not connected. The message is a sentence for the agent. */
export class ConnectionRefused extends Error {
  override name = 'ConnectionRefused'
  /** Where the agent came from; null: unknown. */
  readonly returnUrl: string | null
  constructor(message: string, returnUrl: string | null = null) {
    super(message)
    this.returnUrl = returnUrl
  }
}

export const isOver = () =>
  new ConnectionRefused(
    'This attempt has expired, was already used, or did not start here. Please start again.',
  )

export const stateHashOf = (state: string): Uint8Array<ArrayBuffer> => new Uint8Array(hashToken(state))

/** Under which name a browser keeps the key of an attempt. */
export const bindingName = (state: string): string => hashToken(state).subarray(0, 8).toString('hex')

/** @returns the binding for the browser, and what is stored of it */
export function createBinding(state: string): {
  binding: BrowserBinding
  browserHash: Uint8Array<ArrayBuffer>
} {
  const key = createSecretToken('')
  return { binding: { name: bindingName(state), key }, browserHash: new Uint8Array(hashToken(key)) }
}

/** A wrong browser ends no attempt, so that nobody else can.
 * @throws ConnectionRefused */
export async function findAttempt(
  { database, clock, settings }: Services,
  { provider, state, browserKey }: AttemptRequest,
): Promise<CalendarAuthorization> {
  const stateHash = stateHashOf(state)
  const found = await database.calendarAuthorization.findUnique({ where: { stateHash } })
  if (found === null || found.revocations > 0 || found.expiresAt <= clock.now()) throw isOver()
  if (!timingSafeEqual(hashToken(browserKey ?? ''), found.browserHash)) {
    throw new ConnectionRefused(
      `This attempt was started in another browser, or at another address than ${settings.publicUrl}. Please start again here.`,
    )
  }
  if (found.provider === provider) return found
  await database.calendarAuthorization.deleteMany({ where: { stateHash } })
  throw isOver()
}

const grantColumn = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresInSeconds: z.number(),
  scopes: z.array(z.string()),
  account: z.object({ subject: z.string(), email: z.string() }),
})

/** For the column `grant`. */
export function sealGrant(secrets: SecretBox, agentId: string, grant: Grant): Uint8Array<ArrayBuffer> {
  return new Uint8Array(secrets.seal(JSON.stringify(grantColumn.parse(grant)), agentId))
}

/** @throws ConnectionRefused when the provider has granted nothing yet */
export function openGrant(secrets: SecretBox, { grant, agentId }: CalendarAuthorization): Grant {
  if (grant === null) throw isOver()
  return grantColumn.parse(JSON.parse(secrets.open(grant, agentId)))
}
