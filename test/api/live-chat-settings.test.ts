import { describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const FIELDS = `chatEnabled blockedEmails liveChatSettings {
  offerTimeoutSeconds maxOffersPerRequest chatsPerAgent idleTimeoutMinutes reofferAfterSeconds waitSeconds toggleResetsAtMidnight
  fallback { message offerMeeting }
}`
const DEFAULTS = {
  chatEnabled: true,
  blockedEmails: [],
  liveChatSettings: {
    offerTimeoutSeconds: 100,
    maxOffersPerRequest: 2,
    chatsPerAgent: 5,
    idleTimeoutMinutes: 10,
    reofferAfterSeconds: 60,
    waitSeconds: 0,
    toggleResetsAtMidnight: false,
    fallback: { message: expect.stringContaining('No agent is available for a chat'), offerMeeting: true },
  },
}
const SMALLEST = {
  offerTimeoutSeconds: 10,
  maxOffersPerRequest: 1,
  chatsPerAgent: 1,
  idleTimeoutMinutes: 1,
  reofferAfterSeconds: 0,
  waitSeconds: 0,
  toggleResetsAtMidnight: true,
  fallback: { message: 'Write to us.', offerMeeting: false },
}

const { app, acme, admin, ada, mutate } = useScene({ ada: anAgent })

const update = (input: object, token = admin.token) =>
  mutate({ mutation: 'updateWorkspace', input, token, select: `... on Workspace { ${FIELDS} }` })
const read = (token: string, fields = FIELDS) =>
  app.execute<{ workspace: object }>(`{ workspace { ${fields} } }`, { token })
const readAll = async () => (await data(read(ada.token))).workspace

describe('the settings of live chats', () => {
  it('are read by staff, and start with the defaults', async () => {
    expect(await readAll()).toEqual(DEFAULTS)
  })

  it('are hidden from visitors', async () => {
    const visitor = await createVisitor(app, acme)
    for (const field of ['chatEnabled', 'blockedEmails', 'liveChatSettings { chatsPerAgent }']) {
      expect((await read(visitor, field)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
    }
  })

  it('are changed one by one, and the rest is kept', async () => {
    for (const [name, value] of Object.entries(SMALLEST)) {
      const before = (await readAll()) as { liveChatSettings: object }
      expect(await update({ liveChatSettings: { [name]: value } })).toEqual({
        __typename: 'Workspace',
        ...before,
        liveChatSettings: { ...before.liveChatSettings, [name]: value },
      })
    }
    expect(await readAll()).toMatchObject({ chatEnabled: true, liveChatSettings: SMALLEST })
    const nothing = { chatEnabled: null, blockedEmails: null, liveChatSettings: null }
    expect(await update(nothing)).toMatchObject({ chatEnabled: true, liveChatSettings: SMALLEST })
  })

  it('accept the largest allowed values, and do not change the fallback of meetings', async () => {
    const largest = {
      offerTimeoutSeconds: 600,
      maxOffersPerRequest: 10,
      chatsPerAgent: 10,
      idleTimeoutMinutes: 1440,
      reofferAfterSeconds: 3600,
      waitSeconds: 600,
      fallback: { message: 'Write to us.' },
    }
    expect(await update({ liveChatSettings: largest, chatEnabled: false })).toMatchObject({
      chatEnabled: false,
      liveChatSettings: { ...largest, fallback: { message: 'Write to us.', offerMeeting: true } },
    })
    const answer = await read(ada.token, 'meetingSettings { fallback { message } }')
    expect(answer.data?.workspace).toMatchObject({
      meetingSettings: { fallback: { message: expect.stringContaining('No agent is available') } },
    })
  })

  it.each([
    [{ offerTimeoutSeconds: 9 }, ['offerTimeoutSeconds']],
    [{ offerTimeoutSeconds: 601 }, ['offerTimeoutSeconds']],
    [{ maxOffersPerRequest: 0 }, ['maxOffersPerRequest']],
    [{ maxOffersPerRequest: 11 }, ['maxOffersPerRequest']],
    [{ chatsPerAgent: 0 }, ['chatsPerAgent']],
    [{ chatsPerAgent: 11 }, ['chatsPerAgent']],
    [{ idleTimeoutMinutes: 0 }, ['idleTimeoutMinutes']],
    [{ idleTimeoutMinutes: 1441 }, ['idleTimeoutMinutes']],
    [{ reofferAfterSeconds: -1 }, ['reofferAfterSeconds']],
    [{ reofferAfterSeconds: 3601 }, ['reofferAfterSeconds']],
    [{ waitSeconds: -1 }, ['waitSeconds']],
    [{ waitSeconds: 601 }, ['waitSeconds']],
    [{ fallback: { message: ' ' } }, ['fallback', 'message']],
  ])('refuse %j, and name the field', async (liveChatSettings, path) => {
    expect(await update({ chatEnabled: false, liveChatSettings })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'liveChatSettings', ...path] }],
    })
    expect(await readAll()).toEqual(DEFAULTS)
  })

  it('need MANAGE_CONFIGURATION to be changed', async () => {
    const refusal = await update({ chatEnabled: false }, ada.token)
    expect(refusal).toMatchObject({ permission: 'MANAGE_CONFIGURATION' })
    expect(await readAll()).toEqual(DEFAULTS)
  })
})

describe('blocked e-mail addresses and domains', () => {
  it('are kept in lower case, each once, and replaced as a whole', async () => {
    const domains = [
      'Rival.example',
      ' mail.rival.example ',
      'rival.EXAMPLE',
      'xn--mnchen-3ya.example',
      ' Eve@Good.example',
    ]
    expect((await update({ blockedEmails: domains })).blockedEmails).toEqual([
      'rival.example',
      'mail.rival.example',
      'xn--mnchen-3ya.example',
      'eve@good.example',
    ])
    expect((await update({ blockedEmails: ['other.test'] })).blockedEmails).toEqual(['other.test'])
    expect((await update({ blockedEmails: [] })).blockedEmails).toEqual([])
  })

  it.each([
    '',
    'rival',
    '.rival.example',
    'rival.example.',
    'rival..example',
    '-rival.example',
    'rival-.example',
    '@rival.example',
    'ada@rival',
    'a da@rival.example',
    '*.rival.example',
    'https://rival.example',
    'rival.example/page',
    'rival .example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}example`,
  ])('refuse %j', async (domain) => {
    expect(await update({ blockedEmails: ['good.test', domain] })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'blockedEmails', '1'] }],
    })
    expect(await readAll()).toEqual(DEFAULTS)
  })

  it('are at most 500', async () => {
    const domains = (count: number) => Array.from({ length: count }, (_, index) => `d${index}.test`)
    expect(await update({ blockedEmails: domains(500) })).toMatchObject({ __typename: 'Workspace' })
    expect(await update({ blockedEmails: domains(501) })).toMatchObject({
      issues: [{ path: ['input', 'blockedEmails'] }],
    })
  })
})
