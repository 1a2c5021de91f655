// The slots to which a meeting can be moved are exactly those that `rescheduleMeeting` accepts.
import { beforeEach, describe, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { setHours } from '../kit/actors.ts'
import {
  askForSlots,
  book,
  createVisitor,
  hold,
  mutateMeeting,
  type Result,
  type SlotsCall,
  slots,
  startsOf,
} from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TUESDAY } from '../kit/times.ts'

const { app, acme, admin, ada, beth, visitor, database, mutate } = useScene({
  ada: bookable({ hours: { durationMinutes: 60, bufferMinutes: 30, end: 780 } }),
  beth: bookable(),
  visitor: aVisitor,
})

let meeting: Result
beforeEach(async () => {
  await setHours(app, ada, { ...HOURS, slotStepMinutes: 30 })
  meeting = await book(app, {
    token: visitor.token,
    input: { target: { agentId: ada.id }, startsAt: at('10:30') },
  })
})

const HOURS = { timeZone: 'UTC', weekly: [{ weekday: 'TUESDAY', start: '09:00', end: '13:00' }] }
/** With nothing in the way. */
const ALL = ['09:00', '09:30', '10:00', '10:30', '11:00', '11:30', '12:00'].map(at)

const listed = async (call: Partial<SlotsCall>) => startsOf(await slots(app, { ...TUESDAY, ...call }))
const move = (startsAt: string, input: object = { meetingId: meeting.id }) =>
  mutateMeeting(app, {
    mutation: 'rescheduleMeeting',
    token: visitor.token,
    input: { startsAt, ...input },
  })

async function linkOfMeeting(): Promise<string> {
  const { workspaceId } = acme
  const found = await database.meeting.findFirstOrThrow({ where: { workspaceId }, include: { person: true } })
  return signMeetingLink(app.app.services.signer, { meetingId: found.id, address: found.person.email ?? '' })
}

const errorsOf = async (call: Partial<SlotsCall>) => (await askForSlots(app, { ...TUESDAY, ...call })).errors

describe('slots for a meeting that is to be moved', () => {
  it('include the time that the meeting takes now, with its buffer', async () => {
    expect(await listed({ token: visitor.token, target: { agentId: ada.id } })).toEqual([
      at('09:00'),
      at('12:00'),
    ])
    expect(await listed({ token: visitor.token, movingMeetingId: meeting.id })).toEqual(ALL)
    expect(await move(at('11:00'))).toMatchObject({ startsAt: at('11:00') })
  })

  it('are listed by the link alone, also next to a bearer token', async () => {
    const manageToken = await linkOfMeeting()
    expect(await listed({ manageToken })).toEqual(ALL)
    expect(await listed({ manageToken, token: await createVisitor(app, acme) })).toEqual(ALL)
    expect(await listed({ token: manageToken, movingMeetingId: meeting.id })).toEqual(ALL)
  })

  it('are those of the agent of the meeting, whose turn and pause do not matter', async () => {
    const paused = { kind: 'MEETING', agentId: ada.id, paused: true }
    await mutate({ mutation: 'setRoutingPaused', input: paused, token: admin.token, select: '' })
    const call = { token: visitor.token, movingMeetingId: meeting.id }
    expect(await listed({ ...call, target: { agentId: beth.id } })).toEqual(ALL)
    expect(await move(NINE)).toMatchObject({ startsAt: NINE, agent: { id: ada.id } })
  })

  it('leave out the meetings and holds of others, but not the hold of the viewer', async () => {
    const call = { token: visitor.token, movingMeetingId: meeting.id }
    const other = await createVisitor(app, acme)
    await hold(app, { token: other, input: { target: { agentId: ada.id }, startsAt: NINE } })
    expect(await listed(call)).toEqual(ALL.slice(3))
    await hold(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: at('12:00') } })
    expect(await listed(call)).toEqual(ALL.slice(3))
    expect(await listed({ manageToken: await linkOfMeeting(), token: visitor.token })).toEqual(ALL.slice(3))
    expect(await move(at('11:30'))).toMatchObject({ startsAt: at('11:30') })
  })

  it('are none once the meeting is cancelled or over, or its agent was removed', async () => {
    const call = { token: visitor.token, movingMeetingId: meeting.id }
    const input = { agentId: ada.id }
    await mutate({ mutation: 'removeAgent', input, token: admin.token, select: '' })
    expect(await slots(app, { ...TUESDAY, ...call })).toMatchObject({ days: [], nextAvailable: null })
    await mutateMeeting(app, {
      mutation: 'cancelMeeting',
      token: visitor.token,
      input: { meetingId: meeting.id },
    })
    expect(await listed(call)).toEqual([])
  })

  it('are refused without the right to see the meeting, and without a target or a meeting', async () => {
    const other = await createVisitor(app, acme)
    const unseen = { movingMeetingId: meeting.id }
    const extensions = { code: 'NOT_FOUND', path: ['movingMeetingId'] }
    const missing = { message: 'The meeting was not found.', extensions }
    expect(await errorsOf({ ...unseen, token: other })).toMatchObject([missing])
    expect((await errorsOf(unseen))?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    const forged = await errorsOf({ manageToken: 'sbm_AAAA.AAAA' })
    expect(forged).toMatchObject([{ extensions: { issues: [{ path: ['manageToken'], code: 'UNKNOWN' }] } }])
    const neither = await errorsOf({ token: visitor.token })
    expect(neither).toMatchObject([{ extensions: { issues: [{ path: ['target'], code: 'REQUIRED' }] } }])
    const both = await errorsOf({ ...unseen, manageToken: 'sbm_AAAA.AAAA' })
    expect(both).toMatchObject([{ extensions: { issues: [{ path: ['manageToken'], code: 'CONFLICTING' }] } }])
  })
})

describe('the alternatives of a refused move', () => {
  it('are times to which the meeting can be moved', async () => {
    const refused = await move(at('10:45'))
    expect(refused.alternatives.map(({ startsAt }) => startsAt)).toEqual(ALL.slice(1, 6))
    for (const { startsAt } of refused.alternatives) expect(await move(startsAt)).toMatchObject({ startsAt })
  })
})
