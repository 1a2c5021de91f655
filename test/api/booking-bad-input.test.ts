import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { book, createBookableAgent, hold } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TUESDAY } from '../kit/times.ts'

const { app, ada, stranger, visitor, database } = useScene(
  {
    ada: bookable(),
    stranger: async (app) =>
      createBookableAgent(app, await createTestWorkspace(app, { name: 'Globex' }), { name: 'Hank Scorpio' }),
    visitor: aVisitor,
  },
  { once: true },
)

afterAll(async () => {
  expect(await database.reservation.count()).toBe(0)
})

describe('slots', () => {
  const ask = (variables: object) =>
    app.execute(
      `query ($target: RoutingTargetInput!, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
        slots(target: $target, from: $from, to: $to, timeZone: $timeZone) { nextAvailable } }`,
      {
        variables: {
          target: { roundRobin: true },
          ...TUESDAY,
          timeZone: 'UTC',
          ...variables,
        },
        token: visitor.token,
      },
    )

  it.each([
    ['a reversed range', { to: '2026-03-02T00:00:00Z' }, ['to'], { code: 'CONFLICTING' }],
    ['an empty range', { to: '2026-03-03T00:00:00Z' }, ['to'], { code: 'CONFLICTING' }],
    ['a range over 62 days', { to: '2026-05-04T00:00:00.001Z' }, ['to'], { code: 'OUT_OF_RANGE', limit: 62 }],
    ['an unknown zone', { timeZone: 'Mars/Olympus_Mons' }, ['timeZone'], { code: 'UNKNOWN' }],
    ['an offset for a zone', { timeZone: '+05:30' }, ['timeZone'], { code: 'UNKNOWN' }],
    ['a time without an offset', { from: '2026-03-03T00:00:00' }, ['from'], { code: 'INVALID_FORMAT' }],
    ['a day that does not exist', { from: '2026-02-30T00:00:00Z' }, ['from'], { code: 'INVALID_FORMAT' }],
    ['the year 10000', { from: '+010000-01-01T00:00:00Z' }, ['from'], { code: 'INVALID_FORMAT' }],
    ['the year 9999', { to: '9999-01-01T00:00:00Z' }, ['to'], { code: 'INVALID_FORMAT' }],
    ['the year 1', { from: '0001-01-01T00:00:00Z' }, ['from'], { code: 'INVALID_FORMAT' }],
    ['no round robin', { target: { roundRobin: false } }, ['target', 'roundRobin'], { code: 'NOT_ALLOWED' }],
  ])('refuse %s and name the argument', async (_what, variables, path, issue) => {
    const { errors } = await ask(variables)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path, ...issue }] })
  })

  it('accept a range of 62 days to the millisecond', async () => {
    expect((await ask({ to: '2026-05-04T00:00:00Z' })).errors).toBeUndefined()
  })

  it('refuse two targets', async () => {
    const { errors } = await ask({ target: { roundRobin: true, agentId: ada.id } })
    expect(errors?.[0]?.message).toMatch(/exactly one/i)
  })

  it.each([
    ['of another workspace', () => stranger.id],
    ['of another type', () => encodeGlobalID('Team', ada.agentId)],
    ['made up', () => encodeGlobalID('Agent', '01a1fd09-3a49-71d5-b646-6a28265ad5b7')],
    ['that is no UUID', () => encodeGlobalID('Agent', '1')],
    ['that is no id', () => '💣'],
    ['that is empty', () => ''],
  ])('find no agent by an id %s', async (_which, id) => {
    const { errors } = await ask({ target: { agentId: id() } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', path: ['target', 'agentId'] })
  })
})

describe('bookMeeting', () => {
  const input = () => ({ target: { agentId: ada.id }, startsAt: NINE })

  it.each([
    ['an unknown zone', { timeZone: 'Mars/Olympus_Mons' }, ['timeZone'], 'UNKNOWN', null],
    ['an agenda over its limit', { agenda: 'x'.repeat(2001) }, ['agenda'], 'TOO_LONG', 2000],
    ['control characters', { agenda: 'a\u0000b' }, ['agenda'], 'INVALID_FORMAT', null],
    [
      'a name over its limit',
      { person: { email: 'a@example.com', firstName: 'x'.repeat(101) } },
      ['person', 'firstName'],
      'TOO_LONG',
      100,
    ],
    [
      'a name of two lines',
      { person: { email: 'a@example.com', lastName: 'a\r\nBcc: b' } },
      ['person', 'lastName'],
      'INVALID_FORMAT',
      null,
    ],
    [
      'attributes over their limit',
      { person: { email: 'a@example.com', attributes: { a: 'x'.repeat(10_001) } } },
      ['person', 'attributes'],
      'TOO_LONG',
      10_000,
    ],
    [
      'a page URL that is not of the web',
      { pageUrl: 'javascript:alert(1)' },
      ['pageUrl'],
      'INVALID_FORMAT',
      null,
    ],
    ['an empty key', { idempotencyKey: '' }, ['idempotencyKey'], 'REQUIRED', null],
    ['a key over its limit', { idempotencyKey: 'x'.repeat(201) }, ['idempotencyKey'], 'TOO_LONG', 200],
    ['an invalid time', { startsAt: 'tomorrow' }, ['slot', 'free', 'startsAt'], 'INVALID_FORMAT', null],
  ])('refuses %s and names the field', async (_what, wrong, path, code, limit) => {
    const refusal = await book(app, { token: visitor.token, input: { ...input(), ...wrong } })
    expect(refusal).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', ...path], code, limit }],
    })
  })

  it('names every invalid field at once', async () => {
    const wrong = { timeZone: 'x', pageUrl: 'y', person: { email: 'z' } }
    const refusal = await book(app, { token: visitor.token, input: { ...input(), ...wrong } })
    expect(refusal.issues.map(({ path }) => path.join('.')).sort()).toEqual([
      'input.pageUrl',
      'input.person.email',
      'input.timeZone',
    ])
  })

  it.each([
    ['of another workspace', () => stranger.id],
    ['of another type', () => encodeGlobalID('Meeting', ada.agentId)],
    ['made up', () => 'nonsense'],
  ])('finds no agent by an id %s', async (_which, id) => {
    const refusal = await book(app, {
      token: visitor.token,
      input: { ...input(), target: { agentId: id() } },
    })
    expect(refusal).toMatchObject({
      __typename: 'NotFoundError',
      path: ['input', 'slot', 'free', 'target', 'agentId'],
    })
  })

  it('does not find a hold by a made-up id', async () => {
    const refusal = await book(app, {
      token: visitor.token,
      input: { holdId: encodeGlobalID('SlotHold', ada.agentId) },
    })
    expect(refusal).toMatchObject({ __typename: 'NotFoundError', path: ['input', 'slot', 'holdId'] })
  })

  it('refuses a caller who is not signed in', async () => {
    const answer = await app.execute(
      'mutation ($input: HoldSlotInput!) { holdSlot(input: $input) { __typename } }',
      { variables: { input: input() } },
    )
    expect(answer).toEqual({ data: { holdSlot: { __typename: 'ForbiddenError' } } })
  })
})

describe('holdSlot', () => {
  it('refuses an invalid time', async () => {
    const refusal = await hold(app, {
      token: visitor.token,
      input: { target: { agentId: ada.id }, startsAt: '9:00' },
    })
    expect(refusal).toMatchObject({ issues: [{ path: ['input', 'startsAt'] }] })
  })
})
