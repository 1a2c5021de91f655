// Writing meetings into an Outlook calendar: one event and one mail for each, whatever is lost on the way, and nothing of
// the agent's is touched.
import { describe, expect, it } from 'vitest'
import { faultOf, meetingEvent } from '../../kit/google-calendar.ts'
import { startMicrosoftCalendar } from '../../kit/microsoft-calendar.ts'

const CREATE = 'POST /v1.0/me/events'
const PATCH = 'PATCH /v1.0/me/events/*'
const CANCEL = 'POST /v1.0/me/events/*/cancel'
const DELETE = 'DELETE /v1.0/me/events/*'
const moved = { startsAt: new Date('2026-03-12T09:00:00Z'), endsAt: new Date('2026-03-12T09:30:00Z') }
const LOST = ['drop-after-commit', 'hang-after-commit', 'truncate'] as const
const REPLAYS = ['SAME_EVENT', 'CONFLICT'] as const
const VISITOR = 'vera@customer.example'

/** With a meeting that is written, and where its event is. */
async function startWithMeeting() {
  const started = await startMicrosoftCalendar()
  const event = meetingEvent()
  const written = await started.calendar.writeEvent(started.access, event)
  const { eventId } = written
  const next = (changes: object = {}) => ({ ...event, revision: 2, written: { eventId }, ...changes })
  return { ...started, event, written, eventId, next, shown: () => started.agent.event(eventId)! }
}

describe('a meeting', () => {
  it('becomes an event with a link, and Exchange invites the visitor', async () => {
    const { microsoft, shown, written } = await startWithMeeting()
    expect(shown()).toMatchObject({
      iCalUId: written.iCalUid,
      changeKey: written.version,
      joinUrl: written.conferenceUrl,
      subject: 'Demo',
      body: expect.stringContaining('See you there.'),
      time: { start: '2026-03-10T16:00:00', end: '2026-03-10T16:30:00', zone: 'UTC' },
      attendees: [{ address: VISITOR, name: 'Vera Visitor' }],
    })
    expect(written.conferenceUrl).toContain('https://teams.microsoft.com/')
    expect(written.conferencePending).toBe(false)
    expect(microsoft.mails).toMatchObject([{ to: VISITOR, kind: 'INVITATION' }])
  })

  it('has no link in a personal mailbox, which has no Teams', async () => {
    const { calendar, access } = await startMicrosoftCalendar({ kind: 'personal' })
    const written = await calendar.writeEvent(access, meetingEvent())
    expect(written).toMatchObject({ conferenceUrl: null, conferencePending: false })
  })

  it('F8: is written without a guest and without a link where neither is wanted', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    const event = meetingEvent({ invites: false, wantsConference: false })
    const written = await calendar.writeEvent(access, event)
    expect(written).toMatchObject({ conferenceUrl: null, conferencePending: false })
    expect(agent.events()).toMatchObject([{ attendees: [], isOnlineMeeting: false }])
    // Nobody was taken off it.
    expect(await calendar.findEvent(access, written.eventId)).toMatchObject({ visitorInvited: true })
    await calendar.writeEvent(access, { ...event, ...moved, revision: 2, written })
    await calendar.removeEvent(access, { eventId: written.eventId, invites: false, comment: '' })
    expect(agent.events()).toEqual([])
    expect(microsoft.mails).toEqual([])
  })

  it('F31: gets its link later where Teams takes its time', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    microsoft.behaviour.joinUrlAfterReads = 1
    const written = await calendar.writeEvent(access, meetingEvent())
    expect(written).toMatchObject({ conferenceUrl: null, conferencePending: true })
    const find = () => calendar.findEvent(access, written.eventId)
    expect(await find()).toMatchObject({ conferenceUrl: null })
    expect(await find()).toMatchObject({ conferenceUrl: expect.stringContaining('https://teams.') })
  })

  it.each(LOST)('F7: is one event, one link and one mail when three answers are lost: %s', async (kind) => {
    const { microsoft, agent, impatient, calendar, access } = await startMicrosoftCalendar()
    const event = meetingEvent()
    microsoft.faults.add(CREATE, { kind })
    microsoft.faults.add('GET /v1.0/me/events', { kind }, { times: 2, when: () => agent.events().length > 0 })
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(await faultOf(impatient.writeEvent(access, event))).toMatchObject({ kind: 'RETRY' })
    }
    expect(microsoft.faults.pending()).toBe(0)
    const written = await calendar.writeEvent(access, event)
    expect(agent.events().map(({ id, joinUrl }) => [id, joinUrl])).toEqual([
      [written.eventId, written.conferenceUrl],
    ])
    expect(microsoft.mails).toMatchObject([{ kind: 'INVITATION' }])
  })

  it.each(REPLAYS)('F7: is one event when two write it at the same time: %s', async (replayedCreate) => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    microsoft.behaviour.replayedCreate = replayedCreate
    const both = Promise.withResolvers<void>()
    microsoft.faults.add(CREATE, { kind: 'delay', until: both.promise }, { times: 2 })
    const event = meetingEvent({ wantsConference: false })
    const writing = [calendar.writeEvent(access, event), calendar.writeEvent(access, event)]
    await expect.poll(() => microsoft.log.count(CREATE)).toBe(2)
    both.resolve()
    const [one, other] = await Promise.all(writing)
    expect(one?.eventId).toBe(other?.eventId)
    expect(agent.events()).toHaveLength(1)
    expect(microsoft.mails).toHaveLength(1)
  })

  it.each(REPLAYS)('is where the later of two revisions has it that come together: %s', async (replayed) => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    microsoft.behaviour.replayedCreate = replayed
    const both = Promise.withResolvers<void>()
    microsoft.faults.add(CREATE, { kind: 'delay', until: both.promise }, { times: 2 })
    const event = meetingEvent({ wantsConference: false })
    const first = calendar.writeEvent(access, event)
    await expect.poll(() => microsoft.log.count(CREATE)).toBe(1)
    const second = calendar.writeEvent(access, { ...event, ...moved, revision: 2 })
    await expect.poll(() => microsoft.log.count(CREATE)).toBe(2)
    both.resolve()
    await Promise.all([first, second])
    expect(agent.events()).toMatchObject([{ time: { start: '2026-03-12T09:00:00' } }])
  })

  it('F36: is gone when its transaction is used up and its event deleted', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    const error = { code: 'ErrorDuplicateTransactionId', message: 'Used already.' }
    microsoft.faults.add(CREATE, { kind: 'answer', status: 409, body: { error } })
    expect(await faultOf(calendar.writeEvent(access, meetingEvent()))).toMatchObject({ kind: 'GONE' })
  })
})

describe('a change', () => {
  it('F30: moves the event, and keeps the link', async () => {
    const { microsoft, calendar, access, next, shown, written } = await startWithMeeting()
    const changed = await calendar.writeEvent(access, next(moved))
    expect(changed).toMatchObject({ eventId: written.eventId, conferenceUrl: written.conferenceUrl })
    expect(changed.version).toBe(shown().changeKey)
    expect(shown().time).toMatchObject({ start: '2026-03-12T09:00:00', end: '2026-03-12T09:30:00' })
    const [patch] = microsoft.log.of(PATCH)
    expect(Object.keys(JSON.parse(patch!.body)).sort()).toEqual([
      'end',
      'singleValueExtendedProperties',
      'start',
    ])
    expect(microsoft.mails.map(({ kind }) => kind)).toEqual(['INVITATION', 'UPDATE'])
  })

  it('F37: leaves alone what the agent has written, and whom the agent has taken off', async () => {
    const { agent, calendar, access, eventId, next, shown } = await startWithMeeting()
    agent.editEvent(eventId, { subject: 'Demo for Vera', location: 'Room 7' })
    agent.removeAttendee(eventId, VISITOR)
    agent.addAttendee(eventId, 'colleague@agents.example')
    const { body } = shown()
    await calendar.writeEvent(access, next({ ...moved, subject: 'Other', body: 'Other' }))
    expect(shown()).toMatchObject({
      subject: 'Demo for Vera',
      location: 'Room 7',
      body,
      attendees: [{ address: 'colleague@agents.example' }],
      time: { start: '2026-03-12T09:00:00' },
    })
  })

  it('is not made again, nor undone by an older one', async () => {
    const { microsoft, calendar, access, event, next, shown } = await startWithMeeting()
    await calendar.writeEvent(access, next(moved))
    const before = shown()
    await calendar.writeEvent(access, next(moved))
    await calendar.writeEvent(access, next({ ...event, revision: 1 }))
    await calendar.writeEvent(access, { ...event, written: null })
    expect(shown()).toEqual(before)
    expect(microsoft.log.count(PATCH)).toBe(1)
  })

  it('is told to nobody when the agent has made it already', async () => {
    const { microsoft, agent, calendar, access, eventId, next, shown } = await startWithMeeting()
    agent.moveEvent(eventId, { start: '2026-03-12T09:00:00Z' })
    const told = microsoft.mails.length
    const before = shown().time
    await calendar.writeEvent(access, next(moved))
    expect(shown().time).toEqual(before)
    expect(microsoft.mails).toHaveLength(told)
    // It is noted all the same: what is older comes too late.
    await calendar.writeEvent(access, next({ revision: 1 }))
    expect(shown().time).toEqual(before)
  })

  it('gives an event its times back of which the agent has made a whole day', async () => {
    const { agent, calendar, access, eventId, next, shown } = await startWithMeeting()
    const day = { ...shown().time, isAllDay: true, start: '2026-03-12', end: '2026-03-13' }
    Object.assign(agent.events().find(({ id }) => id === eventId)!, { time: day })
    await calendar.writeEvent(access, next(moved))
    expect(shown().time).toMatchObject({ isAllDay: false, start: '2026-03-12T09:00:00' })
  })

  it.each(LOST)('F7: is told once when its answer is lost: %s', async (kind) => {
    const { microsoft, calendar, impatient, access, next, shown } = await startWithMeeting()
    microsoft.faults.add(PATCH, { kind })
    expect(await faultOf(impatient.writeEvent(access, next(moved)))).toMatchObject({ kind: 'RETRY' })
    await calendar.writeEvent(access, next(moved))
    expect(shown().time).toMatchObject({ start: '2026-03-12T09:00:00' })
    expect(microsoft.mails.map(({ kind: what }) => what)).toEqual(['INVITATION', 'UPDATE'])
  })

  it('F36: finds the event gone that the agent has deleted, and the next generation stands', async () => {
    const { agent, calendar, access, eventId, next } = await startWithMeeting()
    agent.deleteEvent(eventId)
    expect(await faultOf(calendar.writeEvent(access, next(moved)))).toMatchObject({ kind: 'GONE' })
    const written = await calendar.writeEvent(access, next({ ...moved, generation: 1, written: null }))
    expect(agent.events()).toMatchObject([{ id: written.eventId, time: { start: '2026-03-12T09:00:00' } }])
    expect(written.eventId).not.toBe(eventId)
  })
})

describe('an event that is taken out', () => {
  const removal = (eventId: string) => ({ eventId, invites: true, comment: 'Ada is ill.' })

  it('F36: is cancelled with a comment, once', async () => {
    const { microsoft, agent, calendar, access, eventId } = await startWithMeeting()
    await calendar.removeEvent(access, removal(eventId))
    expect(agent.events()).toEqual([])
    const told = [{ kind: 'INVITATION' }, { kind: 'CANCELLATION', to: VISITOR, comment: 'Ada is ill.' }]
    expect(microsoft.mails).toMatchObject(told)
    await calendar.removeEvent(access, removal(eventId))
    await calendar.removeEvent(access, { ...removal(eventId), invites: false })
    expect(microsoft.mails).toMatchObject(told)
  })

  it.each(LOST)('F7: is out, and the visitor told once, when the answer is lost: %s', async (kind) => {
    const { microsoft, agent, calendar, impatient, access, eventId } = await startWithMeeting()
    microsoft.faults.add(CANCEL, { kind })
    // An answer without a body has no half.
    const first = await impatient.removeEvent(access, removal(eventId)).catch((fault) => fault.kind)
    expect([undefined, 'RETRY']).toContain(first)
    await calendar.removeEvent(access, removal(eventId))
    expect(agent.events()).toEqual([])
    expect(microsoft.mails.map(({ kind: what }) => what)).toEqual(['INVITATION', 'CANCELLATION'])
  })

  it('is deleted where somebody else has become its organiser', async () => {
    const { microsoft, agent, calendar, access, eventId } = await startWithMeeting()
    Object.assign(agent.events()[0]!, { isOrganizer: false })
    await calendar.removeEvent(access, removal(eventId))
    expect(agent.events()).toEqual([])
    expect(microsoft.log.count(DELETE)).toBe(1)
  })

  it('is out when Microsoft says that what was deleted cannot be deleted', async () => {
    const { microsoft, calendar, access, eventId } = await startWithMeeting()
    const error = { code: 'ErrorCannotDeleteObject', message: 'Object cannot be deleted.' }
    microsoft.faults.add(DELETE, { kind: 'answer', status: 403, body: { error } })
    await calendar.removeEvent(access, { ...removal(eventId), invites: false })
    expect(microsoft.faults.pending()).toBe(0)
  })
})
