// What tests do at a provider of calendars, whichever it is. A new provider needs an emulator and a kit in this form,
// with an entry in kits.ts: then the tests that run for each provider run for it as well.
import type { CalendarProvider } from '../../../src/database/generated/client/enums.ts'
import type { RegisteredClient } from '../../emulators/environment.ts'
import type { LoggedRequest, Route } from '../../emulators/request-log.ts'

export type Provider = Exclude<CalendarProvider, 'BUILT_IN'>

/** A channel that the provider has open. */
export interface SeenChannel {
  id: string
  secret: string
  expiresAt: Date
}

/** A request to our webhook. */
export interface Message {
  headers?: Record<string, string>
  body?: string
  query?: string
  method?: string
}

/** What the provider is asked for, as routes of its emulator. */
export interface ProviderRoutes {
  anything: Route
  token: Route
  readings: Route
  writes: Route
  watches: Route
  stops: Route
}

export interface ProviderKit<Emulator, Account> {
  start(options: RegisteredClient & { clock: { now(): Date } }): Promise<Emulator>
  /** What registers the program at the emulator. */
  environment(origin: string, client: RegisteredClient): Record<string, string>
  /** An account that nobody has connected yet, with what its owner does there. */
  addAccount(emulator: Emulator, account: { email: string; name: string; timeZone: string }): Account
  /** What an agent does at the provider's page.
   * @returns the address that the browser is sent back to */
  consent(
    emulator: Emulator,
    decision: { authorizationUrl: string; account: string; deny: boolean; untick?: string[] },
  ): string
  /** @returns the event's id */
  addEvent(account: Account, event: { title: string; start: string; end: string }): string
  /** The channels that are open for an account. */
  channelsOf(emulator: Emulator, owner: { email: string; now: Date }): SeenChannel[]
  /** A message that something has changed. */
  messageOf(channel: Pick<SeenChannel, 'id' | 'secret'>): Message
  /** @returns what is not as the provider describes it, each in a sentence */
  checkContract(requests: LoggedRequest[]): string[]
  routes: ProviderRoutes
}
