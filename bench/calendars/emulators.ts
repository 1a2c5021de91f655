// Emulates Google and Microsoft in a separate process, with full calendars whose owners change them.
import { googleEnvironment, microsoftEnvironment } from '../../test/emulators/environment.ts'
import { startGoogle } from '../../test/emulators/google/server.ts'
import { startMicrosoft } from '../../test/emulators/microsoft/server.ts'
import { answerParent } from '../fanout/child.ts'

export type Provider = 'GOOGLE' | 'MICROSOFT'

export interface Account {
  email: string
  accessToken: string
  refreshToken: string
}

/** The requests since the log was last taken. */
export interface TakenLog {
  requests: number
  /** Of the account with the most requests. */
  maxPerAccount: number
  /** Concurrent requests of one account, at most. */
  maxInFlight: number
  /** The GET requests, with the headers that were sent. */
  readings: { url: string; authorization: string; prefer: string | null }[]
}

const CLIENT = { clientId: 'switchboard', clientSecret: 'secret' }
const SCOPES = {
  GOOGLE: ['https://www.googleapis.com/auth/calendar.events'],
  MICROSOFT: ['Calendars.ReadWrite', 'MailboxSettings.Read'],
}
const DAY = 24 * 60 * 60_000
const HALF_AN_HOUR = 30 * 60_000

let now = 0
const clock = { now: () => new Date(now) }
const google = await startGoogle({ ...CLIENT, clock, redirectUris: [] })
// Without the latency, no two requests would ever be in flight at the same time.
const microsoft = await startMicrosoft({ ...CLIENT, clock, behaviour: { latencyMs: 10 } })
const outside = { GOOGLE: google, MICROSOFT: microsoft }
const emails: Record<Provider, string[]> = { GOOGLE: [], MICROSOFT: [] }

function createEvent(provider: Provider, email: string, start: number): void {
  const time = { start: new Date(start).toISOString(), end: new Date(start + HALF_AN_HOUR).toISOString() }
  if (provider === 'GOOGLE') google.account(email).createEvent({ summary: 'Something else', ...time })
  else microsoft.account(email).createEvent({ subject: 'Something else', ...time })
}

interface NewAccounts {
  provider: Provider
  count: number
  /** The number of events of each account, spread evenly over `days` from now on. */
  events: number
  days: number
}

function addAccounts({ provider, count, events, days }: NewAccounts): Account[] {
  return Array.from({ length: count }, () => {
    const email = `agent${emails[provider].length + 1}@calendars.example`
    emails[provider].push(email)
    outside[provider].addAccount({ email })
    for (let event = 0; event < events; event += 1) {
      createEvent(provider, email, now + Math.floor((event * days * DAY) / events))
    }
    return { email, ...outside[provider].tokensFor(email, SCOPES[provider]) }
  })
}

function takeLog(provider: Provider): TakenLog {
  const { log } = outside[provider]
  const counts = new Map<string, number>()
  for (const { account = '' } of log.all) counts.set(account, (counts.get(account) ?? 0) + 1)
  const asked = {
    requests: log.all.length,
    maxPerAccount: Math.max(0, ...counts.values()),
    maxInFlight: Math.max(0, ...[...counts.keys()].map((email) => log.mostInFlight(email))),
    readings: log.all
      .filter(({ method }) => method === 'GET')
      .map(({ path, query, headers }) => ({
        url: `${outside[provider].origin}${path}?${query}`,
        authorization: headers.authorization ?? '',
        prefer: headers.prefer ?? null,
      })),
  }
  log.clear()
  return asked
}

await answerParent({
  environment: () => ({
    ...googleEnvironment(google.origin, CLIENT),
    ...microsoftEnvironment(microsoft.origin, CLIENT),
  }),
  setClock: (instant: number) => {
    now = instant
  },
  addAccounts,
  takeLog,
  /** The owner of each number creates an event, for which the provider sends a webhook. */
  change: ({ provider, numbers }: { provider: Provider; numbers: number[] }) => {
    const { length } = emails[provider]
    for (const number of numbers) createEvent(provider, emails[provider][number % length] ?? '', now + DAY)
  },
  settled: () => Promise.all([google.push.settled(), microsoft.push.settled()]).then(() => null),
})
process.exit()
