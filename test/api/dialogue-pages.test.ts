// Pages that ask for a dialogue: which addresses are accepted, and what a flow or a switched-off chat makes of it.
import { describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { createChatAgent } from '../kit/chat.ts'
import { attribute, branch, message, question, TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import { answer, countsOf, flowIdOf, publish, resolve, SITE, unpublish } from '../kit/dialogues.ts'
import { identifyVisitor } from '../kit/people.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, admin, visitor, database, mutate } = useScene({ visitor: aVisitor })

const view = (pageUrl: string, headers: Record<string, string> = {}) =>
  app.execute<{ resolveDialogue: { __typename: string; issues?: object[] } }>(
    `mutation ($input: ResolveDialogueInput!) { resolveDialogue(input: $input) {
      __typename ... on InvalidInputError { issues { path code } } } }`,
    { token: visitor.token, variables: { input: { pageUrl } }, headers },
  )

describe('the address of a page', () => {
  it.each([
    ['of an origin that is not listed', 'https://evil.example/one', 'NOT_ALLOWED'],
    ['of a sub-domain that is not listed', 'https://shop.www.acme.test/', 'NOT_ALLOWED'],
    ['with another scheme', 'http://www.acme.test/', 'NOT_ALLOWED'],
    ['with another port', 'https://www.acme.test:8443/', 'NOT_ALLOWED'],
    ['that only looks like a listed one', 'https://www.acme.test@evil.example/', 'NOT_ALLOWED'],
    ['of a script', 'javascript:alert(1)', 'INVALID_FORMAT'],
    ['of data', 'data:text/html,hello', 'INVALID_FORMAT'],
    ['of a file', 'file:///etc/passwd', 'INVALID_FORMAT'],
    ['without a host', 'https://', 'INVALID_FORMAT'],
    ['without a scheme', 'www.acme.test/one', 'INVALID_FORMAT'],
    ['that is too long', `${SITE}/${'x'.repeat(2048)}`, 'TOO_LONG'],
  ])('%s is refused', async (_name, pageUrl, code) => {
    await publish(app, acme)
    const { data } = await view(pageUrl)
    expect(data?.resolveDialogue).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'pageUrl'], code }],
    })
    expect(await database.dialogueSession.count({ where: { workspaceId: acme.workspaceId } })).toBe(0)
  })

  it('must be that of the page which sends the request', async () => {
    await publish(app, acme)
    const input = { allowedOrigins: [SITE, 'https://shop.acme.test'] }
    await mutate({ mutation: 'updateWorkspace', token: admin.token, input, select: '' })
    const own = await view(`${SITE}/one`, { origin: SITE })
    expect(own.data?.resolveDialogue.__typename).toBe('DialogueSession')
    const other = await view(`${SITE}/one`, { origin: 'https://shop.acme.test' })
    expect(other.data?.resolveDialogue).toMatchObject({ issues: [{ code: 'NOT_ALLOWED' }] })
  })

  it('may be a page of the product itself', async () => {
    await publish(app, acme, { targetUrls: ['http://switchboard.test'] })
    const { data } = await view('http://switchboard.test/demo')
    expect(data?.resolveDialogue.__typename).toBe('DialogueSession')
  })

  it('matches a target without its query, its hash and a slash at its end', async () => {
    await publish(app, acme, { targetUrls: [`${SITE}/a`] })
    for (const page of ['/a', '/a/', '/a?x=1', '/a#y']) {
      expect(await resolve(app, visitor.token, page)).toMatchObject({ __typename: 'DialogueSession' })
    }
    expect(await resolve(app, visitor.token, '/b')).toMatchObject({ because: 'NONE_FITS' })
  })

  it('is excluded by an exclusion', async () => {
    await publish(app, acme, { excludedUrls: [`${SITE}/legal/*`] })
    expect(await resolve(app, visitor.token, '/legal/terms')).toMatchObject({ because: 'NONE_FITS' })
    expect(await resolve(app, visitor.token, '/')).toMatchObject({ step: 0 })
  })
})

describe('an audience', () => {
  const known = (operator: 'IS_EMPTY' | 'IS_NOT_EMPTY') => ({
    match: 'ALL' as const,
    conditions: [{ attribute: attribute('email', { type: 'EMAIL' }), operator, values: [] }],
    groups: [],
  })

  it('tells known visitors from anonymous ones', async () => {
    await publish(app, acme, { name: 'Welcome', audience: known('IS_EMPTY') })
    await publish(app, acme, { name: 'Welcome back', priority: 2, audience: known('IS_NOT_EMPTY') })
    expect(await resolve(app, visitor.token)).toMatchObject({ dialogueName: 'Welcome' })
    await identifyVisitor(app, visitor.token, { person: { email: 'grace@navy.example' } })
    expect(await resolve(app, visitor.token)).toMatchObject({ dialogueName: 'Welcome back' })
  })
})

describe('a flow', () => {
  const begin = (id: string, token = visitor.token) => resolve(app, token, '/', { flowId: flowIdOf(id) })

  it('shows wherever the page begins it, as often as it does', async () => {
    const id = await publish(app, acme, { kind: 'FLOW', name: 'Ask', targetUrls: [], cards: TWO_QUESTIONS })
    expect(await resolve(app, visitor.token)).toMatchObject({ because: 'NONE_FITS' })
    for (const _time of [1, 2]) {
      const session = await begin(id)
      expect(session).toMatchObject({ dialogueName: 'Ask', step: 0 })
      expect(await begin(id)).toEqual(session)
      const answered = await answer(app, visitor.token, session, { key: 'red' })
      expect(await begin(id)).toEqual(answered)
      expect(await answer(app, visitor.token, answered, { key: 'small' })).toMatchObject({ completed: true })
    }
    expect(await countsOf(app, id)).toEqual({ COMPLETED: 1, ENGAGED: 1, TRIGGERED: 1 })
  })

  it('that is not published shows nothing, and one that does not exist is not found', async () => {
    const id = await publish(app, acme, { kind: 'FLOW' })
    await unpublish(app, id)
    expect(await begin(id)).toMatchObject({ because: 'FLOW_NOT_PUBLISHED' })
    const dialogue = await publish(app, acme)
    const elsewhere = await publish(app, await createTestWorkspace(app), { kind: 'FLOW' })
    for (const other of [dialogue, elsewhere, '01981d2a-0000-7000-8000-000000000000']) {
      expect(await begin(other)).toMatchObject({ __typename: 'NotFoundError', path: ['input', 'flowId'] })
    }
  })

  it('does not stop a dialogue of the page, and goes on on other pages once it is answered', async () => {
    const id = await publish(app, acme, { kind: 'FLOW', name: 'Ask', cards: TWO_QUESTIONS })
    await publish(app, acme, { name: 'Hello' })
    const flow = await begin(id)
    expect(await resolve(app, visitor.token)).toMatchObject({ dialogueName: 'Hello' })
    const answered = await answer(app, visitor.token, flow, { key: 'red' })
    expect(await resolve(app, visitor.token)).toEqual(answered)
  })
})

it('a chat that is switched off shows nothing, and goes on once it is switched on again', async () => {
  await publish(app, acme, { cards: TWO_QUESTIONS })
  const answered = await answer(app, visitor.token, await resolve(app, visitor.token), { key: 'red' })
  const switchTo = (chatEnabled: boolean) =>
    mutate({ mutation: 'updateWorkspace', token: admin.token, input: { chatEnabled }, select: '' })
  await switchTo(false)
  expect(await resolve(app, visitor.token)).toMatchObject({ because: 'CHAT_DISABLED' })
  await switchTo(true)
  expect(await resolve(app, visitor.token)).toEqual(answered)
})

it('a dialogue takes another way while an agent is available, at each page view until it is answered', async () => {
  await publish(app, acme, {
    cards: [
      branch('is', [{ agent: true, next: 'here' }], 'away'),
      message('here', 'We are here.', 'ask'),
      message('away', 'We are away.', 'ask'),
      question('ask', { yes: null }),
    ],
  })
  expect((await resolve(app, visitor.token)).transcript).toMatchObject([{ text: 'We are away.' }])
  await createChatAgent(app, acme)
  const shown = await resolve(app, visitor.token)
  expect(shown.transcript).toMatchObject([{ text: 'We are here.' }])
  await answer(app, visitor.token, shown, { key: 'yes' })
})
