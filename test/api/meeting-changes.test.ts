import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import {
  book,
  createBookableAgent,
  createVisitor,
  hold,
  mutateMeeting,
  type Result,
  slots,
  startsOf,
} from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'

const TUESDAY = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z' }
const NINE = '2026-03-03T09:00:00.000Z'
const TEN = '2026-03-03T10:00:00.000Z'

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let visitor: string
let meeting: Result

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme)
  visitor = await createVisitor(app, acme)
  meeting = await book(app, { token: visitor, input: { target: { agentId: ada.id }, startsAt: NINE } })
})

const slotsOfAda = async () =>
  startsOf(await slots(app, { token: visitor, target: { agentId: ada.id }, ...TUESDAY }))
const change = (mutation: string, input: object, token?: string) =>
  mutateMeeting(app, { mutation, input, ...(token === undefined ? {} : { token }) })

async function link(endsAt = new Date('2026-03-03T09:30:00Z')): Promise<string> {
  const { id } = await app.app.services.database.meeting.findFirstOrThrow({ where: { agentId: ada.agentId } })
  return signMeetingLink(app.app.services.signer, { id, endsAt })
}

describe('cancelMeeting', () => {
  it('frees the time at once, and a repeat changes nothing', async () => {
    const input = { meetingId: meeting.id, reason: 'Ill' }
    const cancelled = await change('cancelMeeting', input, visitor)
    expect(cancelled).toMatchObject({
      status: 'CANCELLED',
      history: [{ kind: 'BOOKED' }, { kind: 'CANCELLED', actor: 'Visitor', reason: 'Ill' }],
    })
    expect(await slotsOfAda()).toContain(NINE)
    expect(await change('cancelMeeting', input, visitor)).toEqual(cancelled)
  })

  it('works with the signed link alone', async () => {
    const cancelled = await change('cancelMeeting', { manageToken: await link() })
    expect(cancelled.status).toBe('CANCELLED')
  })

  it('works with the link as the bearer token, for that meeting only', async () => {
    const other = await book(app, { token: visitor, input: { target: { agentId: ada.id }, startsAt: TEN } })
    const token = await link()
    expect((await change('cancelMeeting', { meetingId: other.id }, token)).__typename).toBe('NotFoundError')
    expect((await change('cancelMeeting', { meetingId: meeting.id }, token)).status).toBe('CANCELLED')
  })

  it.each([
    ['forged', async () => `${(await link()).slice(0, -2)}AA`],
    ['expired', async () => link(new Date(app.clock.now().getTime() - 91 * DAY))],
    ['foreign', async () => visitor],
    ['empty', async () => ''],
  ])('refuses a %s link and names the field', async (_which, token) => {
    const refusal = await change('cancelMeeting', { manageToken: await token() })
    expect(refusal).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'manageToken'] }],
    })
  })

  it('does not find a meeting of another visitor, agent or workspace', async () => {
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const strangers = [await createVisitor(app, acme), grace.token, globex.admin.token]
    for (const token of strangers) {
      const refusal = await change('cancelMeeting', { meetingId: meeting.id }, token)
      expect(refusal.__typename).toBe('NotFoundError')
    }
    expect((await change('cancelMeeting', { meetingId: meeting.id })).__typename).toBe('ForbiddenError')
  })

  it('refuses a meeting that is over', async () => {
    app.clock.set('2026-03-03T09:30:00Z')
    const refusal = await change('cancelMeeting', { meetingId: meeting.id }, visitor)
    expect(refusal.__typename).toBe('ConflictError')
  })
})

describe('rescheduleMeeting', () => {
  it('moves the meeting and frees the old time', async () => {
    const moved = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor)
    expect(moved).toMatchObject({
      id: meeting.id,
      status: 'RESCHEDULED',
      startsAt: TEN,
      endsAt: '2026-03-03T10:30:00.000Z',
      history: [
        { kind: 'BOOKED', startsAt: NINE },
        { kind: 'RESCHEDULED', startsAt: TEN },
      ],
    })
    const free = await slotsOfAda()
    expect(free).toContain(NINE)
    expect(free).not.toContain(TEN)
  })

  it('may overlap the time the meeting has now', async () => {
    const { database } = app.app.services
    await database.meetingAvailability.updateMany({ data: { slotStepMinutes: 15 } })
    const moved = await change(
      'rescheduleMeeting',
      { meetingId: meeting.id, startsAt: '2026-03-03T09:15:00Z' },
      visitor,
    )
    expect(moved).toMatchObject({ __typename: 'Meeting', startsAt: '2026-03-03T09:15:00.000Z' })
  })

  it('refuses a time that is taken, with alternatives, and changes nothing', async () => {
    await book(app, { token: visitor, input: { target: { agentId: ada.id }, startsAt: TEN } })
    const refusal = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor)
    expect(refusal).toMatchObject({ __typename: 'SlotUnavailableError', startsAt: TEN })
    expect(refusal.alternatives.length).toBe(5)
    expect(await slotsOfAda()).not.toContain(NINE)
  })

  it('moves it to a time that whoever has the link holds as a visitor', async () => {
    await hold(app, { token: visitor, input: { target: { agentId: ada.id }, startsAt: TEN } })
    const moved = await change('rescheduleMeeting', { manageToken: await link(), startsAt: TEN }, visitor)
    expect(moved).toMatchObject({ __typename: 'Meeting', startsAt: TEN })
  })

  it('moves the meeting of a paused agent, who gets no new ones', async () => {
    await app.app.services.database.routingPlace.updateMany({
      where: { agentId: ada.agentId },
      data: { paused: true },
    })
    const moved = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor)
    expect(moved).toMatchObject({ __typename: 'Meeting', startsAt: TEN })
  })

  it('refuses when the agent’s calendar is disconnected', async () => {
    await app.app.services.database.calendarConnection.deleteMany({ where: { agentId: ada.agentId } })
    const refusal = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor)
    expect(refusal).toMatchObject({
      __typename: 'NoAgentAvailableError',
      message: expect.stringMatching(/^meetingId: /),
    })
  })

  it('refuses a cancelled meeting', async () => {
    await change('cancelMeeting', { meetingId: meeting.id }, visitor)
    const refusal = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor)
    expect(refusal.__typename).toBe('ConflictError')
  })
})

describe('reassignMeeting', () => {
  let grace: Staff
  beforeEach(async () => {
    grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
  })
  const reassign = (input: object = {}) =>
    change('reassignMeeting', { meetingId: meeting.id, ...input }, acme.admin.token)

  it('gives the meeting to the next agent who can take it, and back again', async () => {
    const handedOver = await reassign()
    expect(handedOver).toMatchObject({ agent: { id: grace.id }, startsAt: NINE })
    expect(await slotsOfAda()).toContain(NINE)
    expect(await reassign({ agentId: ada.id })).toMatchObject({
      agent: { id: ada.id },
      history: [{ kind: 'BOOKED' }, { kind: 'REASSIGNED' }, { kind: 'REASSIGNED' }],
    })
  })

  it('refuses an agent who is not free then', async () => {
    await book(app, { token: visitor, input: { target: { agentId: grace.id }, startsAt: NINE } })
    expect((await reassign({ agentId: grace.id })).__typename).toBe('SlotUnavailableError')
    expect((await reassign()).__typename).toBe('SlotUnavailableError')
    expect(await slotsOfAda()).not.toContain(NINE)
  })

  it('names the meeting after its new agent', async () => {
    expect(meeting.subject).toBe('Ada Lovelace and Grace')
    expect((await reassign()).subject).toBe('Grace Hopper and Grace')
  })

  it('is not kept from it by a hold of one’s own', async () => {
    await hold(app, {
      token: acme.admin.token,
      input: { target: { agentId: grace.id }, startsAt: NINE },
    })
    expect(await reassign({ agentId: grace.id })).toMatchObject({ agent: { id: grace.id } })
  })

  it('does not find an agent that is made up', async () => {
    const refusal = await reassign({
      agentId: encodeGlobalID('Agent', '01939a5e-7c1f-7d32-9c55-2f1a6f0b7e11'),
    })
    expect(refusal).toMatchObject({
      __typename: 'NotFoundError',
      message: expect.stringMatching(/^agentId: /),
    })
  })

  it('is for those who manage all meetings', async () => {
    const refusal = await change('reassignMeeting', { meetingId: meeting.id }, ada.token)
    expect(refusal).toMatchObject({ __typename: 'ForbiddenError', permission: 'MANAGE_ALL_MEETINGS' })
  })
})

describe('recordMeetingOutcome', () => {
  it('notes the outcome of a meeting that has begun', async () => {
    const input = { meetingId: meeting.id, outcome: 'NO_SHOW' }
    expect((await change('recordMeetingOutcome', input, ada.token)).__typename).toBe('ConflictError')
    app.clock.set(NINE)
    expect(await change('recordMeetingOutcome', input, ada.token)).toMatchObject({ outcome: 'NO_SHOW' })
    expect(await change('recordMeetingOutcome', { ...input, outcome: 'HELD' }, ada.token)).toMatchObject({
      outcome: 'HELD',
      history: [{ kind: 'BOOKED' }, { kind: 'OUTCOME_SET' }, { kind: 'OUTCOME_SET' }],
    })
  })
})
