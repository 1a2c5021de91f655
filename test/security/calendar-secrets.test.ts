// Calendar credentials and the contents of external calendars must never leak. After everything that can happen to a
// calendar, the tests search for them in all that was stored, answered, mailed and logged.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { resealCredentials } from '../../src/services/calendars/connection/reseal-credentials.ts'
import { createSecretBox } from '../../src/services/identity/secret-box.ts'
import type { GoogleAccount } from '../emulators/google/accounts.ts'
import type { MicrosoftAccount } from '../emulators/microsoft/user-actions.ts'
import { mutateMeeting } from '../kit/booking.ts'
import { channelsOf } from '../kit/calendar-channels.ts'
import {
  at,
  bookWith,
  calendarOf,
  emulatorOf,
  ROUTES,
  readMeeting,
  startsWith,
  synchronise,
} from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  CLIENT,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  runDueCalendarWork,
  startCalendarServer,
} from '../kit/calendars.ts'
import { HOUR } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { dump, findAll, logged, recordAnswers } from '../kit/leaks.ts'
import { aVisitor } from '../kit/scene.ts'

const MARKER = 'Zebra-7731'
const STRANGER = 'zebra-7731@private.example'

const { app, acme, admin, visitor, database, mutate } = useCalendarScene(
  { visitor: aVisitor },
  { start: startCalendarServer, jobs: true },
)
/** Every answer to any client. */
let answers: string[]
beforeAll(() => {
  answers = recordAnswers(app)
})
beforeEach(() => {
  answers.length = 0
})

/** Every place that could contain a secret. */
async function everything(): Promise<Record<string, string>> {
  const query = '{ meetings(first: 50) { edges { node { subject body history { reason } } } } }'
  await app.execute(query, { token: admin.token })
  return {
    database: await dump(app),
    answers: answers.join('\n'),
    mails: JSON.stringify(app.mails),
    log: logged(app),
  }
}

/** Creates a private event with the marker in every text. */
function addPrivateEvent(
  account: GoogleAccount | MicrosoftAccount,
  times: { start: string; end: string },
): string {
  if ('calendars' in account) {
    return account.createEvent({
      ...times,
      summary: MARKER,
      description: MARKER,
      location: MARKER,
      visibility: 'private',
      attendees: [{ email: STRANGER, displayName: MARKER }],
    })
  }
  const text = { subject: MARKER, body: MARKER, location: MARKER, sensitivity: 'private' as const }
  return account.createEvent({ ...times, ...text, attendees: [STRANGER] })
}

/** Everything that can happen to a calendar, including faults. */
async function goThroughAll(provider: Provider) {
  const { agent, account } = await createConnectedAgent(app, provider)
  addPrivateEvent(account, { start: at('10:00'), end: at('10:30') })
  const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('11:00') })
  await synchronise(app)
  const watching = () => channelsOf(app, { provider, email: account.email })
  await expect.poll(watching).not.toEqual([])
  const channels = watching()
  await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
  for (const fault of [
    { kind: 'html' },
    { kind: 'answer', status: 400, body: { error: { message: MARKER } } },
  ] as const) {
    emulatorOf(app, provider).faults.add(ROUTES[provider].readings, fault)
    await synchronise(app)
    // The application's own worker may be the one that reads, a little later.
    await eventually(() => expect(emulatorOf(app, provider).faults.pending()).toBe(0))
  }
  app.clock.advance(HOUR)
  await runDueCalendarWork(app)
  emulatorOf(app, provider).faults.add(ROUTES[provider].token, {
    kind: 'answer',
    status: 400,
    body: { error: 'other', error_description: CLIENT.clientSecret },
  })
  app.clock.advance(HOUR)
  await runDueCalendarWork(app)
  await mutateMeeting(app, {
    mutation: 'rescheduleMeeting',
    input: { meetingId: id, startsAt: at('14:00') },
    token: visitor.token,
  })
  await synchronise(app)
  await startsWith(app, { agent, visitor: visitor.token })
  await calendarOf(app, agent)
  await readMeeting(app, id)
  await expect.poll(() => app.mails.length).toBeGreaterThan(0)
  await expect.poll(() => app.faults).not.toEqual([])
  return { agent, account, channels }
}

/** The codes, tokens and verifiers exchanged with the provider. */
function secretsAt(provider: Provider): string[] {
  const { log } = emulatorOf(app, provider)
  const NAMES = [
    'code',
    'code_verifier',
    'refresh_token',
    'access_token',
    'client_secret',
    'id_token',
    'token',
  ]
  return log.of(/^POST .*(token|revoke)$/).flatMap(({ body, answer }) => {
    const sent = new URLSearchParams(body)
    const received = (answer?.body ?? {}) as Record<string, unknown>
    return NAMES.flatMap((name) => [sent.get(name) ?? '', String(received[name] ?? '')]).filter(
      (text) => text.length > 8,
    )
  })
}

describe.each(PROVIDERS)('after everything that can happen to a calendar of %s', (provider) => {
  it('none of the contents of its events is found anywhere', async () => {
    await goThroughAll(provider)
    const places = await everything()
    expect(findAll(places, [MARKER, STRANGER])).toEqual([])
    // The search does find text that is there.
    expect(findAll(places, ['Grace']).map((found) => found.split(':')[0])).toEqual([
      'database',
      'answers',
      'mails',
    ])
    expect(places.log).toContain('CalendarFault')
  })

  it('no token, code, verifier or secret is found anywhere', async () => {
    const { agent, account, channels } = await goThroughAll(provider)
    const before = await everything()
    account.revokeAccess()
    account.expireAccessTokens()
    await synchronise(app)
    await connectAccount(app, { provider, agent, account: account.email })
    await synchronise(app)
    const { token } = agent
    await mutate({ mutation: 'disconnectCalendar', input: {}, token, select: '__typename' })
    const secrets = [...secretsAt(provider), ...channels.map(({ secret }) => secret), CLIENT.clientSecret]
    expect(secrets.length).toBeGreaterThan(8)
    expect(findAll(before, secrets)).toEqual([])
    expect(findAll(await everything(), secrets)).toEqual([])
  })
})

describe('a new secrets key', () => {
  const [OLD, NEW] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)]

  it('works together with the previous key, and alone once all credentials are resealed', async () => {
    const { agent } = await createConnectedAgent(app, 'GOOGLE')
    await createConnectedAgent(app, 'MICROSOFT', 'Beth Moore')
    const all = () =>
      database.calendarCredential.findMany({
        where: { workspaceId: acme.workspaceId },
        orderBy: { connectionId: 'asc' },
      })
    const opened = async (keys: [Uint8Array, ...Uint8Array[]]) => {
      const box = createSecretBox(keys)
      return (await all()).map((one) => [
        box.open(one.refreshToken, one.connectionId),
        box.open(one.accessToken, one.connectionId),
      ])
    }
    const before = await opened([OLD])
    expect(before).toHaveLength(2)
    await expect(opened([NEW])).rejects.toThrow('not known')
    expect(await opened([NEW, OLD])).toEqual(before)
    const secrets = createSecretBox([NEW, OLD])
    expect(await resealCredentials({ database, secrets })).toBeGreaterThanOrEqual(2)
    expect(await resealCredentials({ database, secrets })).toBe(0)
    expect(await opened([NEW])).toEqual(before)
    await expect(opened([OLD])).rejects.toThrow('not known')
    app.app.services.secrets = createSecretBox([NEW])
    await synchronise(app)
    expect(await calendarOf(app, agent)).toMatchObject({ state: 'CONNECTED' })
  })
})
