// The emulated Google with an account, and Google's real client. After each test their exchanges are validated against
// Google's description.
import { auth, calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js'
import { afterEach, beforeEach, expect } from 'vitest'
import type { GoogleAccount } from '../../emulators/google/accounts.ts'
import { checkCalendarContract } from '../../emulators/google/contract.ts'
import { type Google, startGoogle } from '../../emulators/google/server.ts'
import { createTestClock, type TestClock } from '../../kit/clock.ts'

export const EMAIL = 'ada@work.example'
export const REDIRECT_URI = 'https://product.example/connected'
export const SCOPE = 'https://www.googleapis.com/auth/calendar'
/** A Friday. */
const NOW = '2030-03-01T12:00:00Z'

const CLIENT = { clientId: 'product', clientSecret: 'secret' }

interface Scene {
  clock: TestClock
  google: Google
  agent: GoogleAccount
  calendar: calendar_v3.Calendar
}

/** Starts a new scene for each test. */
export function useScene(options: { timeZone?: string } = {}): Scene {
  const scene = {} as Scene
  beforeEach(async () => {
    scene.clock = createTestClock(NOW)
    scene.google = await startGoogle({ clock: scene.clock, ...CLIENT, redirectUris: [REDIRECT_URI] })
    scene.agent = scene.google.addAccount({
      email: EMAIL,
      name: 'Ada Lovelace',
      subject: '117',
      timeZone: options.timeZone ?? 'America/New_York',
    })
    scene.calendar = connect(scene.google)
  })
  afterEach(async () => {
    await scene.google.close()
    expect(checkCalendarContract(scene.google.log.all)).toEqual([])
  })
  return scene
}

export function createOAuthClient(google: Google) {
  const { origin } = google
  return new auth.OAuth2({
    ...CLIENT,
    redirectUri: REDIRECT_URI,
    endpoints: {
      oauth2AuthBaseUrl: `${origin}/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${origin}/token`,
      oauth2RevokeUrl: `${origin}/revoke`,
      tokenInfoUrl: `${origin}/tokeninfo`,
    },
  })
}

/** A client with new tokens for the account. */
export function connect(google: Google, scopes = [SCOPE]): calendar_v3.Calendar {
  const client = createOAuthClient(google)
  const { accessToken, refreshToken } = google.tokensFor(EMAIL, scopes)
  client.setCredentials({ access_token: accessToken, refresh_token: refreshToken, token_type: 'Bearer' })
  return new calendar_v3.Calendar({ auth: client, rootUrl: google.origin, retry: false })
}

/** @returns how a call was refused, for example `409 duplicate` */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: { status?: number; response?: { data?: unknown }; code?: unknown }) => reason,
  )
  if (!error) return 'accepted'
  const data = error.response?.data as
    | { error?: { errors?: { reason?: string }[] } | string; error_description?: string }
    | undefined
  const reason = typeof data?.error === 'string' ? data.error : data?.error?.errors?.[0]?.reason
  return `${error.status ?? error.code} ${reason ?? ''}`.trim()
}
