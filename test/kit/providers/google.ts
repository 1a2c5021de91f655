import { googleEnvironment } from '../../emulators/environment.ts'
import type { GoogleAccount } from '../../emulators/google/accounts.ts'
import { checkCalendarContract } from '../../emulators/google/contract.ts'
import { type Google, startGoogle } from '../../emulators/google/server.ts'
import type { ProviderKit } from './provider-kit.ts'

export const googleKit: ProviderKit<Google, GoogleAccount> = {
  start: startGoogle,
  environment: googleEnvironment,
  addAccount: (google, account) => google.addAccount(account),
  consent: (google, decision) => google.consent(decision),
  addEvent: (account, { title, ...times }) => account.createEvent({ summary: title, ...times }),
  channelsOf: (google, { email, now }) => {
    const isOpen = (expiration: number) => expiration > now.getTime()
    return [...google.push.channels.values()]
      .filter(({ calendar, expiration }) => calendar.owner.email === email && isOpen(expiration))
      .map(({ id, token = '', expiration }) => ({ id, secret: token, expiresAt: new Date(expiration) }))
  },
  messageOf: ({ id, secret }) => ({
    headers: {
      'x-goog-channel-id': id,
      'x-goog-channel-token': secret,
      'x-goog-resource-state': 'exists',
      'x-goog-resource-id': 'a resource',
      'x-goog-message-number': '10',
    },
  }),
  checkContract: checkCalendarContract,
  routes: {
    anything: /^\w+ \/calendar\/v3\//,
    token: 'POST /token',
    readings: /^GET \/calendar\/v3\/calendars\/[^/]+\/events$/,
    writes: /^(POST|PATCH|DELETE) \/calendar\/v3\/calendars\/[^/]+\/events(?!\/watch)/,
    watches: /^POST \/calendar\/v3\/calendars\/[^/]+\/events\/watch$/,
    stops: 'POST /calendar/v3/channels/stop',
  },
}
