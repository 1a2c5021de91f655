import { microsoftEnvironment } from '../../emulators/environment.ts'
import { checkGraphContract } from '../../emulators/microsoft/contract.ts'
import { type Microsoft, startMicrosoft } from '../../emulators/microsoft/server.ts'
import type { MicrosoftAccount } from '../../emulators/microsoft/user-actions.ts'
import type { Message, ProviderKit } from './provider-kit.ts'

export const microsoftKit: ProviderKit<Microsoft, MicrosoftAccount> = {
  start: startMicrosoft,
  environment: microsoftEnvironment,
  addAccount: (microsoft, account) => microsoft.addAccount(account),
  consent: (microsoft, { deny, ...decision }) =>
    microsoft.consent({ ...decision, ...(deny ? { deny: 'access_denied' } : {}) }),
  addEvent: (account, { title, ...times }) => account.createEvent({ subject: title, ...times }),
  channelsOf: (microsoft, { email }) =>
    microsoft.subscriptions(email).map(({ id, clientState, expires }) => ({
      id,
      secret: clientState ?? '',
      expiresAt: expires,
    })),
  messageOf: ({ id, secret }) => microsoftMessage([{ subscriptionId: id, clientState: secret }]),
  checkContract: checkGraphContract,
  routes: {
    anything: /^\w+ \/v1\.0\//,
    token: 'POST /common/oauth2/v2.0/token',
    readings: 'GET /v1.0/me/calendarView',
    writes: /^(POST|PATCH|DELETE) \/v1\.0\/me\/events/,
    watches: 'POST /v1.0/subscriptions',
    stops: 'DELETE /v1.0/subscriptions/*',
  },
}

/** @param value what Microsoft gathers into one message */
export const microsoftMessage = (value: unknown): Message => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ value }),
})
