import { encodeGlobalID } from '@pothos/plugin-relay'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const FIELDS = `
  timeZone weekly { weekday start end } overrides { date blocks { start end } }
  durationMinutes bufferMinutes minimumNoticeMinutes bookingWindowDays slotStepMinutes`
const MONDAY = { weekday: 'MONDAY', start: '09:00', end: '17:00' }
const HOURS = { timeZone: 'Europe/Berlin', weekly: [MONDAY] }
const CLOSED = { timeZone: 'Europe/Berlin', weekly: [], overrides: [], durationMinutes: 30 }

const { app, acme, admin, ada, database, mutate } = useScene({ ada: anAgent })

const set = (input: object, token = ada.token) =>
  mutate({
    mutation: 'setMeetingAvailability',
    input,
    token,
    select: `... on MeetingAvailability { ${FIELDS} }`,
  })

async function readHours({ id, token }: Staff, fields = FIELDS) {
  const query = `query ($id: ID!) { node(id: $id) { ... on Agent { meetingAvailability { ${fields} } } } }`
  const { data, errors } = await app.execute<{ node: { meetingAvailability: object } }>(query, {
    variables: { id },
    token,
  })
  return { hours: data?.node?.meetingAvailability, errors }
}

describe('setMeetingAvailability', () => {
  it('keeps blocks as they were entered, in their order', async () => {
    const weekly = [
      { weekday: 'SUNDAY', start: '23:00', end: '24:00' },
      { weekday: 'MONDAY', start: '12:00', end: '17:30' },
      { weekday: 'MONDAY', start: '00:00', end: '00:01' },
      { weekday: 'MONDAY', start: '12:00', end: '13:00' },
    ]
    const overrides = [
      { date: '2026-12-24', blocks: [] },
      { date: '2026-03-03', blocks: [{ start: '08:00', end: '24:00' }] },
    ]
    const saved = await set({ timeZone: 'America/New_York', weekly, overrides })
    expect(saved).toEqual({
      __typename: 'MeetingAvailability',
      timeZone: 'America/New_York',
      weekly,
      overrides,
      durationMinutes: 30,
      bufferMinutes: 0,
      minimumNoticeMinutes: 1440,
      bookingWindowDays: 60,
      slotStepMinutes: null,
    })
    const { __typename, ...hours } = saved
    expect((await readHours(ada)).hours).toEqual(hours)
  })

  it('keeps what is left out, and resets the step to the duration with null', async () => {
    const overrides = [{ date: '2026-12-24', blocks: [] }]
    const numbers = {
      durationMinutes: 45,
      bufferMinutes: 15,
      minimumNoticeMinutes: 0,
      bookingWindowDays: 0,
      slotStepMinutes: 20,
    }
    await set({ ...HOURS, overrides, ...numbers })
    const kept = { overrides, ...numbers, weekly: [], timeZone: 'Asia/Tokyo' }
    expect(await set({ timeZone: 'Asia/Tokyo', weekly: [] })).toMatchObject(kept)
    expect(await set({ ...HOURS, overrides: null, durationMinutes: null })).toMatchObject({
      overrides,
      ...numbers,
    })
    expect(await set({ ...HOURS, slotStepMinutes: null })).toMatchObject({
      durationMinutes: 45,
      slotStepMinutes: null,
    })
    expect(await set({ ...HOURS, overrides: [] })).toMatchObject({ overrides: [] })
  })

  const block = (start: string, end: string) => ({ weekday: 'MONDAY', start, end })
  const override = (date: string, ...blocks: object[]) => ({ date, blocks })
  it.each<[string, object, string[]]>([
    ['an unknown zone', { timeZone: 'Europe/Atlantis' }, ['timeZone']],
    ['an offset as a zone', { timeZone: '+02:00' }, ['timeZone']],
    ['an end before the start', { weekly: [MONDAY, block('10:00', '09:00')] }, ['weekly', '1', 'end']],
    ['an end at the start', { weekly: [block('10:00', '10:00')] }, ['weekly', '0', 'end']],
    ['25:00 as an end', { weekly: [block('10:00', '25:00')] }, ['weekly', '0', 'end']],
    ['24:01 as an end', { weekly: [block('10:00', '24:01')] }, ['weekly', '0', 'end']],
    ['24:00 as a start', { weekly: [block('24:00', '24:00')] }, ['weekly', '0', 'start']],
    ['00:00 as an end', { weekly: [block('00:00', '00:00')] }, ['weekly', '0', 'end']],
    ['9:00 as a start', { weekly: [block('9:00', '10:00')] }, ['weekly', '0', 'start']],
    ['seconds', { weekly: [block('09:00:00', '10:00')] }, ['weekly', '0', 'start']],
    ['a 60th minute', { weekly: [block('09:60', '10:00')] }, ['weekly', '0', 'start']],
    [
      'a date twice',
      { overrides: [override('2026-12-24'), override('2026-12-25'), override('2026-12-24')] },
      ['overrides', '2', 'date'],
    ],
    ['a date that does not exist', { overrides: [override('2026-02-29')] }, ['overrides', '0', 'date']],
    ['a date in another form', { overrides: [override('24.12.2026')] }, ['overrides', '0', 'date']],
    [
      'a reversed block of a date',
      { overrides: [override('2026-12-24', { start: '10:00', end: '09:00' })] },
      ['overrides', '0', 'blocks', '0', 'end'],
    ],
    ['no duration', { durationMinutes: 0 }, ['durationMinutes']],
    ['a duration of more than a day', { durationMinutes: 1441 }, ['durationMinutes']],
    ['a negative buffer', { bufferMinutes: -1 }, ['bufferMinutes']],
    ['a buffer of more than a day', { bufferMinutes: 1441 }, ['bufferMinutes']],
    ['a negative notice', { minimumNoticeMinutes: -1 }, ['minimumNoticeMinutes']],
    ['a notice of more than a year', { minimumNoticeMinutes: 525_601 }, ['minimumNoticeMinutes']],
    ['a negative window', { bookingWindowDays: -1 }, ['bookingWindowDays']],
    ['a window of more than two years', { bookingWindowDays: 731 }, ['bookingWindowDays']],
    ['no step', { slotStepMinutes: 0 }, ['slotStepMinutes']],
    ['a step of more than a day', { slotStepMinutes: 1441 }, ['slotStepMinutes']],
    ['101 blocks a week', { weekly: Array(101).fill(MONDAY) }, ['weekly']],
    [
      '51 blocks a day',
      { overrides: [override('2026-12-24', ...Array(51).fill({ start: '09:00', end: '10:00' }))] },
      ['overrides', '0', 'blocks'],
    ],
    ['401 dates', { overrides: manyDates(401) }, ['overrides']],
  ])('refuses %s, and names the field', async (_what, change, path) => {
    expect(await set({ ...HOURS, ...change })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', ...path] }],
    })
    expect((await readHours(ada)).hours).toMatchObject(CLOSED)
  })

  it('names every invalid field at once', async () => {
    const weekly = [block('10:00', '09:00'), block('nine', '10:00')]
    const { issues } = await set({ timeZone: 'Nowhere', weekly, durationMinutes: 0 })
    expect(issues.map(({ path }) => path.join('.'))).toEqual([
      'input.timeZone',
      'input.weekly.0.end',
      'input.weekly.1.start',
      'input.durationMinutes',
    ])
  })

  it('accepts the largest value of everything', async () => {
    const largest = {
      weekly: Array(100).fill({ ...MONDAY, end: '24:00' }),
      overrides: manyDates(400),
      durationMinutes: 1440,
      bufferMinutes: 1440,
      minimumNoticeMinutes: 525_600,
      bookingWindowDays: 730,
      slotStepMinutes: 1440,
    }
    expect(await set({ ...HOURS, ...largest })).toMatchObject(largest)
  })

  it('needs MANAGE_MEETING_AVAILABILITY for the agent’s own hours, MANAGE_AGENTS for a colleague’s', async () => {
    const { agentId } = ada
    const byAdmin = await set({ ...HOURS, agentId: ada.id }, admin.token)
    expect(byAdmin).toMatchObject({ weekly: [MONDAY] })
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    const forbidden = await set({ ...HOURS, agentId: grace.id })
    expect(forbidden).toMatchObject({ __typename: 'ForbiddenError', permission: 'MANAGE_AGENTS' })
    await database.agentRole.deleteMany({ where: { agentId } })
    expect(await set(HOURS)).toMatchObject({ permission: 'MANAGE_MEETING_AVAILABILITY' })
    expect((await set(HOURS, await createVisitor(app, acme))).__typename).toBe('ForbiddenError')
    const anonymous = { mutation: 'setMeetingAvailability', input: HOURS, select: '' }
    expect((await mutate(anonymous)).__typename).toBe('ForbiddenError')
    expect((await readHours(grace)).hours).toMatchObject(CLOSED)
  })

  it('does not find agents of another workspace, removed agents, nor by a made-up id', async () => {
    const other = await createTestWorkspace(app)
    await database.agent.update({ where: { id: ada.agentId }, data: { removedAt: app.clock.now() } })
    for (const agentId of [other.admin.id, encodeGlobalID('Agent', uuidv7()), ada.id]) {
      expect((await set({ ...HOURS, agentId }, admin.token)).__typename).toBe('NotFoundError')
    }
    expect((await readHours(other.admin)).hours).toMatchObject(CLOSED)
  })

  it("publishes the change to the workspace and to the agent's own consoles", async () => {
    await set({ ...HOURS, agentId: ada.id }, admin.token)
    for (const stream of [`workspace:${acme.workspaceId}`, `agent:${ada.agentId}`]) {
      expect(await database.event.findMany({ where: { streamId: stream } })).toMatchObject([
        { type: 'MeetingAvailabilityChanged', payload: { agentId: ada.agentId } },
      ])
    }
  })
})

describe('intervals', () => {
  const within = (from: string, to: string) => `intervals(from: "${from}", to: "${to}") { startsAt endsAt }`

  it('are the open time in the range, joined and clipped, with overrides in place of weekdays', async () => {
    const weekly = [
      { weekday: 'MONDAY', start: '09:00', end: '12:00' },
      { weekday: 'MONDAY', start: '12:00', end: '17:00' },
      { weekday: 'TUESDAY', start: '09:00', end: '17:00' },
      { weekday: 'WEDNESDAY', start: '09:00', end: '17:00' },
    ]
    await set({ timeZone: 'Europe/Berlin', weekly, overrides: [override('2026-03-03')] })
    const { hours } = await readHours(ada, within('2026-03-02T10:00:00Z', '2026-03-04T10:00:00+01:00'))
    expect(hours).toEqual({
      intervals: [
        { startsAt: '2026-03-02T10:00:00.000Z', endsAt: '2026-03-02T16:00:00.000Z' },
        { startsAt: '2026-03-04T08:00:00.000Z', endsAt: '2026-03-04T09:00:00.000Z' },
      ],
    })
  })

  it('are refused for a range that is reversed, empty, too long or malformed', async () => {
    const cases = [
      ['2026-03-02T10:00:00Z', '2026-03-02T10:00:00Z', 'to'],
      ['2026-03-02T10:00:00Z', '2026-03-01T10:00:00Z', 'to'],
      ['2026-03-01T00:00:00Z', '2026-05-02T00:00:00.001Z', 'to'],
      ['yesterday', '2026-05-02T00:00:00Z', 'from'],
      ['2026-03-01T00:00:00', '2026-03-02T00:00:00Z', 'from'],
    ] as const
    for (const [from, to, field] of cases) {
      const { errors } = await readHours(ada, within(from, to))
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: [field] }] })
    }
    const { errors } = await readHours(ada, within('2026-03-01T00:00:00Z', '2026-05-02T00:00:00Z'))
    expect(errors).toBeUndefined()
  })

  const override = (date: string) => ({ date, blocks: [] })
})

/** One override on each of so many days. */
function manyDates(count: number): { date: string; blocks: [] }[] {
  const first = Date.UTC(2027, 0, 1)
  return Array.from({ length: count }, (_, day) => ({
    date: new Date(first + day * DAY).toISOString().slice(0, 10),
    blocks: [],
  }))
}
