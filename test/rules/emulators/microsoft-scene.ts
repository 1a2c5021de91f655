// The emulated Microsoft with an account, and the real Graph client. After each test their exchanges are validated
// against Microsoft's description.
import {
  Client,
  type Context,
  HTTPMessageHandler,
  type Middleware,
  RetryHandler,
  RetryHandlerOptions,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client'
import { afterEach, beforeEach, expect } from 'vitest'
import type { NewAccount } from '../../emulators/microsoft/accounts.ts'
import { checkGraphContract } from '../../emulators/microsoft/contract.ts'
import { type Microsoft, startMicrosoft } from '../../emulators/microsoft/server.ts'
import type { MicrosoftAccount } from '../../emulators/microsoft/user-actions.ts'
import { createTestClock, type TestClock } from '../../kit/clock.ts'

export const EMAIL = 'ada@work.example'
export const REDIRECT_URI = 'https://product.example/connected'
export const SCOPES = ['openid', 'profile', 'email', 'offline_access'].concat(
  'Calendars.ReadWrite',
  'User.Read',
  'MailboxSettings.Read',
)
/** A Friday. */
const NOW = '2030-03-01T12:00:00Z'
export const CLIENT = { clientId: 'product', clientSecret: 'secret' }

interface Scene {
  clock: TestClock
  microsoft: Microsoft
  agent: MicrosoftAccount
  graph: Client
}

/** Starts a new scene for each test. */
export function useScene(account: Partial<NewAccount> = {}): Scene {
  const scene = {} as Scene
  beforeEach(async () => {
    scene.clock = createTestClock(NOW)
    scene.microsoft = await startMicrosoft({ clock: scene.clock, ...CLIENT, redirectUris: [REDIRECT_URI] })
    scene.agent = scene.microsoft.addAccount({ email: EMAIL, name: 'Ada Lovelace', ...account })
    scene.graph = connect(scene.microsoft)
  })
  afterEach(async () => {
    await scene.microsoft.close()
    expect(checkGraphContract(scene.microsoft.log.all)).toEqual([])
  })
  return scene
}

/** Adds the token to requests to one origin. Graph's own handler adds none over http. */
class BearerForOrigin implements Middleware {
  #next: Middleware | undefined
  readonly #origin: string
  readonly #token: string

  constructor(origin: string, token: string) {
    this.#origin = origin
    this.#token = token
  }

  async execute(context: Context): Promise<void> {
    const url = typeof context.request === 'string' ? context.request : context.request.url
    if (new URL(url).origin === this.#origin) {
      const headers = new Headers(context.options?.headers as HeadersInit)
      headers.set('authorization', `Bearer ${this.#token}`)
      context.options = { ...context.options, headers: Object.fromEntries(headers) }
    }
    await this.#next?.execute(context)
  }

  setNext(next: Middleware): void {
    this.#next = next
  }
}

/** A client with a new token for the account. */
export function connect(microsoft: Microsoft, scopes = SCOPES, email = EMAIL): Client {
  const { accessToken } = microsoft.tokensFor(email, scopes)
  return clientWith(microsoft, accessToken)
}

export function clientWith({ origin }: Microsoft, token: string): Client {
  return Client.initWithMiddleware({
    baseUrl: origin,
    defaultVersion: 'v1.0',
    middleware: [
      new BearerForOrigin(origin, token),
      new RetryHandler(new RetryHandlerOptions(1, 0)),
      new TelemetryHandler(),
      new HTTPMessageHandler(),
    ],
  })
}

/** @returns how a call was refused, for example `409 ErrorDuplicateTransactionId` */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: { statusCode?: number; code?: string }) => reason,
  )
  return error ? `${error.statusCode} ${error.code}` : 'accepted'
}

/** The path of an absolute link as the Graph client takes it, which puts its own base in front. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(link)
  return pathname.replace('/v1.0', '') + search
}

export const utc = (dateTime: string) => ({ dateTime, timeZone: 'UTC' })
