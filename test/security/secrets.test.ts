// Keys, tokens and links must be found nowhere but where they belong. After everything that is done with them, and with a
// database that fails in the middle of it, the tests search for them in all that was stored, answered, mailed and logged.
// (calendar-secrets.test.ts does so for calendars.)
import { decodeGlobalID } from '@pothos/plugin-relay'
import { beforeAll, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { startApp } from '../kit/app.ts'
import { book, createVisitor } from '../kit/booking.ts'
import { cookiesOf, registeredAt, startConnection } from '../kit/calendars.ts'
import { requestChat } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { dump, findAll, logged, recordAnswers } from '../kit/leaks.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { createBrowser } from '../kit/push-browser.ts'
import { bookable, forChat, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const EMAIL = 'grace@navy.example'
/** As startApp has it. */
const SECRETS_KEY = Buffer.alloc(32, 7)

const start = () => startApp({ jobs: true, calendars: registeredAt(() => 'http://127.0.0.1:9') })
const { app, acme, ada, cleo, database, mutate } = useScene(
  { ada: bookable(), cleo: forChat },
  { start, once: true },
)

let answers: string[]
beforeAll(() => {
  answers = recordAnswers(app)
})

const admin = () => acme.admin.token
const START_VISIT = `mutation ($input: StartVisitInput!) { startVisit(input: $input) { __typename } }`

/** Uses every secret. The application may fail.
 * @param secrets.link the token of a meeting's link */
async function useSecrets(secrets: { visitor: string; link: string; identitySecret: string }): Promise<void> {
  const { visitor, link, identitySecret } = secrets
  const person = { email: EMAIL, firstName: 'Grace' }
  const identityHash = hashWith(identitySecret, EMAIL)
  const manageToken = { meeting: { manageToken: link } }
  const run = (mutation: string, input: object, token?: string) =>
    mutate({ mutation, input, select: '', ...(token ? { token } : {}) })
  const calls = [
    () =>
      app.execute(START_VISIT, { variables: { input: { publicKey: acme.publicKey, person, identityHash } } }),
    () => identifyVisitor(app, visitor, { person, identityHash }),
    () => identifyVisitor(app, visitor, { person, identityHash: 'f'.repeat(64) }),
    () => run('rescheduleMeeting', { ...manageToken, startsAt: TEN }),
    () => run('cancelMeeting', { ...manageToken, reason: 'Ill' }, link),
    () => app.execute('{ viewer { __typename } meetings { totalCount } }', { token: link }),
    () => app.execute('{ viewer { __typename } meetings { totalCount } }', { token: `${visitor}x` }),
    () => run('registerPushSubscription', createBrowser(), cleo.token),
    () => requestChat(app, visitor, { target: { agentId: cleo.id }, text: 'Hello' }),
    () => startConnection(app, 'GOOGLE', acme.admin),
    () => run('replaceIdentitySecret', {}, admin()),
  ]
  for (const call of calls) await call().catch(() => {})
}

/** Has everything fail that needs the table. */
async function without(table: string, act: () => Promise<void>): Promise<void> {
  await database.$executeRawUnsafe(`ALTER TABLE "${table}" RENAME TO "${table}_away"`)
  try {
    await act()
  } finally {
    await database.$executeRawUnsafe(`ALTER TABLE "${table}_away" RENAME TO "${table}"`)
  }
}

it('keys, tokens and links are found where they belong only, whatever fails', async () => {
  const identitySecret = await identitySecretOf(app, acme)
  const visitor = await createVisitor(app, acme, { email: EMAIL })
  const input = { target: { agentId: ada.id }, startsAt: NINE, person: { email: EMAIL, firstName: 'Grace' } }
  const { id } = await book(app, { token: visitor, input })
  const meeting = { meetingId: decodeGlobalID(id).id, address: EMAIL }
  const link = signMeetingLink(app.app.services.signer, meeting)
  await eventually(() => expect(app.mails.length).toBeGreaterThan(1))
  const used = { visitor, link, identitySecret }
  for (const table of ['Event', 'Visitor', 'Meeting', 'Workspace', 'PushSubscription']) {
    await without(table, () => useSecrets(used))
  }
  await useSecrets(used)
  const places = {
    database: await dump(app),
    answers: answers.join('\n'),
    mails: JSON.stringify(app.mails),
    log: logged(app),
  }
  expect(places.log).toContain('does not exist')
  const { secretKey, vapidPrivateKey } = await database.installation.findFirstOrThrow()
  const [, cookie = 'none'] = cookiesOf(app).split(/[=;]/)
  expect(cookie).toHaveLength(43)
  const found = (...secrets: (string | Uint8Array)[]) => [
    ...new Set(findAll(places, secrets).map((each) => each.split(':')[0])),
  ]
  expect({
    secretsKey: found(SECRETS_KEY),
    installationKey: found(secretKey),
    pushKey: found(vapidPrivateKey ?? ''),
    identitySecret: found(identitySecret),
    visitorToken: found(visitor),
    link: found(link),
    cookie: found(cookie),
    staffToken: found(ada.token, admin()),
  }).toEqual({
    secretsKey: [],
    installationKey: ['database'],
    pushKey: ['database'],
    // Before it was replaced; to the administrator.
    identitySecret: ['answers'],
    // To whom it was issued.
    visitorToken: ['answers'],
    link: ['mails'],
    cookie: ['answers'],
    staffToken: [],
  })
})
