import { encodeGlobalID } from '@pothos/plugin-relay'
import { beforeEach, describe, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { createTestWorkspace, type Staff } from '../kit/actors.ts'
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
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TEN, TUESDAY } from '../kit/times.ts'

const { app, acme, admin, ada, visitor, database } = useScene({ ada: bookable(), visitor: aVisitor })
/** Of Ada and the visitor, at NINE. */
let meeting: Result

beforeEach(async () => {
  meeting = await bookAt(NINE)
})

const bookAt = (startsAt: string, { id: agentId } = ada) =>
  book(app, { token: visitor.token, input: { target: { agentId }, startsAt } })

const slotsOfAda = async () =>
  startsOf(await slots(app, { token: visitor.token, target: { agentId: ada.id }, ...TUESDAY }))
const change = (mutation: string, input: object, token?: string) =>
  mutateMeeting(app, { mutation, input, ...(token === undefined ? {} : { token }) })

async function link(): Promise<string> {
  const meeting = await database.meeting.findFirstOrThrow({
    where: { agentId: ada.agentId },
    include: { person: true },
  })
  return signMeetingLink(app.app.services.signer, {
    meetingId: meeting.id,
    address: meeting.person.email ?? '',
  })
}

async function expiredLink(): Promise<string> {
  app.clock.advance(92 * DAY)
  return link()
}

describe('cancelMeeting', () => {
  it('frees the time at once, and a retry changes nothing', async () => {
    const input = { meetingId: meeting.id, reason: 'Ill' }
    const cancelled = await change('cancelMeeting', input, visitor.token)
    expect(cancelled).toMatchObject({
      status: 'CANCELLED',
      history: [{ kind: 'BOOKED' }, { kind: 'CANCELLED', actor: 'Visitor', reason: 'Ill' }],
    })
    expect(await slotsOfAda()).toContain(NINE)
    expect(await change('cancelMeeting', input, visitor.token)).toEqual(cancelled)
  })

  it('works with the signed link alone', async () => {
    const cancelled = await change('cancelMeeting', { manageToken: await link() })
    expect(cancelled.status).toBe('CANCELLED')
  })

  it('works with the link as the bearer token, for that meeting only', async () => {
    const other = await bookAt(TEN)
    const token = await link()
    expect((await change('cancelMeeting', { meetingId: other.id }, token)).__typename).toBe('NotFoundError')
    expect((await change('cancelMeeting', { meetingId: meeting.id }, token)).status).toBe('CANCELLED')
  })

  it.each([
    ['forged', async () => `${(await link()).slice(0, -20)}${'A'.repeat(20)}`],
    ['expired', expiredLink],
    ['foreign', async () => visitor.token],
    ['empty', async () => ''],
  ])('refuses a %s link and names the field', async (_which, token) => {
    const refusal = await change('cancelMeeting', { manageToken: await token() })
    expect(refusal).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'meeting', 'manageToken'] }],
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
    app.clock.set(at('09:30'))
    const refusal = await change('cancelMeeting', { meetingId: meeting.id }, visitor.token)
    expect(refusal).toMatchObject({ __typename: 'ConflictError', reason: 'MEETING_OVER' })
  })
})

describe('rescheduleMeeting', () => {
  it('moves the meeting and frees the old time', async () => {
    const moved = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor.token)
    expect(moved).toMatchObject({
      id: meeting.id,
      status: 'RESCHEDULED',
      startsAt: TEN,
      endsAt: at('10:30'),
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
    await database.meetingAvailability.updateMany({ data: { slotStepMinutes: 15 } })
    const moved = await change(
      'rescheduleMeeting',
      { meetingId: meeting.id, startsAt: at('09:15') },
      visitor.token,
    )
    expect(moved).toMatchObject({ __typename: 'Meeting', startsAt: at('09:15') })
  })

  it('refuses a time that is taken, with alternatives, and changes nothing', async () => {
    await bookAt(TEN)
    const refusal = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor.token)
    expect(refusal).toMatchObject({ __typename: 'SlotUnavailableError', startsAt: TEN, reason: 'TAKEN' })
    expect(refusal.alternatives.length).toBe(5)
    expect(await slotsOfAda()).not.toContain(NINE)
  })

  it('moves the meeting by its link to a time that the caller holds as a visitor', async () => {
    await hold(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: TEN } })
    const moved = await change(
      'rescheduleMeeting',
      { manageToken: await link(), startsAt: TEN },
      visitor.token,
    )
    expect(moved).toMatchObject({ __typename: 'Meeting', startsAt: TEN })
  })

  it('moves the meeting of a paused agent, who gets no new ones', async () => {
    await database.routingPlace.updateMany({
      where: { agentId: ada.agentId },
      data: { paused: true },
    })
    const moved = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor.token)
    expect(moved).toMatchObject({ __typename: 'Meeting', startsAt: TEN })
  })

  it('refuses when the agent’s calendar is disconnected', async () => {
    await database.calendarConnection.deleteMany({ where: { agentId: ada.agentId } })
    const refusal = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor.token)
    expect(refusal.__typename).toBe('NoAgentAvailableError')
  })

  it('refuses a cancelled meeting', async () => {
    await change('cancelMeeting', { meetingId: meeting.id }, visitor.token)
    const refusal = await change('rescheduleMeeting', { meetingId: meeting.id, startsAt: TEN }, visitor.token)
    expect(refusal).toMatchObject({ __typename: 'ConflictError', reason: 'MEETING_CANCELLED' })
  })
})

describe('reassignMeeting', () => {
  let grace: Staff
  beforeEach(async () => {
    grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
  })
  const reassign = (input: object = {}) =>
    change('reassignMeeting', { meetingId: meeting.id, ...input }, admin.token)

  it('assigns the meeting to the next agent who can take it, and back', async () => {
    const handedOver = await reassign()
    expect(handedOver).toMatchObject({ agent: { id: grace.id }, startsAt: NINE })
    expect(await slotsOfAda()).toContain(NINE)
    expect(await reassign({ agentId: ada.id })).toMatchObject({
      agent: { id: ada.id },
      history: [{ kind: 'BOOKED' }, { kind: 'REASSIGNED' }, { kind: 'REASSIGNED' }],
    })
  })

  it('refuses an agent who is not free then', async () => {
    await bookAt(NINE, grace)
    const taken = { __typename: 'SlotUnavailableError', startsAt: NINE, reason: 'TAKEN' }
    expect(await reassign({ agentId: grace.id })).toMatchObject(taken)
    expect(await reassign()).toMatchObject(taken)
    expect(await slotsOfAda()).not.toContain(NINE)
  })

  it('names the meeting after its new agent', async () => {
    expect(meeting.subject).toBe('Ada Lovelace and Grace')
    expect((await reassign()).subject).toBe('Grace Hopper and Grace')
  })

  it('assigns the meeting despite a hold of the caller', async () => {
    await hold(app, {
      token: admin.token,
      input: { target: { agentId: grace.id }, startsAt: NINE },
    })
    expect(await reassign({ agentId: grace.id })).toMatchObject({ agent: { id: grace.id } })
  })

  it('does not find an agent by a made-up id', async () => {
    const refusal = await reassign({
      agentId: encodeGlobalID('Agent', '01939a5e-7c1f-7d32-9c55-2f1a6f0b7e11'),
    })
    expect(refusal).toMatchObject({
      __typename: 'NotFoundError',
      path: ['input', 'agentId'],
    })
  })

  it('needs MANAGE_ALL_MEETINGS', async () => {
    const refusal = await change('reassignMeeting', { meetingId: meeting.id }, ada.token)
    expect(refusal).toMatchObject({ __typename: 'ForbiddenError', permission: 'MANAGE_ALL_MEETINGS' })
  })
})

describe('recordMeetingOutcome', () => {
  it('records the outcome of a meeting that has begun', async () => {
    const input = { meetingId: meeting.id, outcome: 'NO_SHOW' }
    expect(await change('recordMeetingOutcome', input, ada.token)).toMatchObject({
      __typename: 'ConflictError',
      reason: 'MEETING_NOT_BEGUN',
    })
    app.clock.set(NINE)
    expect(await change('recordMeetingOutcome', input, ada.token)).toMatchObject({ outcome: 'NO_SHOW' })
    expect(await change('recordMeetingOutcome', { ...input, outcome: 'HELD' }, ada.token)).toMatchObject({
      outcome: 'HELD',
      history: [
        { kind: 'BOOKED' },
        { kind: 'OUTCOME_RECORDED', outcome: 'NO_SHOW' },
        { kind: 'OUTCOME_RECORDED', outcome: 'HELD', reason: null },
      ],
    })
  })
})
