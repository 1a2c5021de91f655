// Writing meetings into a Google calendar: one event and one mail for each, whatever is lost on the way, and nothing of
// the agent's is touched.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../kit/eventually.ts'
import { asWritten, faultOf, meetingEvent, startGoogleCalendar } from '../../kit/google-calendar.ts'

const EVENTS = '/calendar/v3/calendars/primary/events'
const INSERT = `POST ${EVENTS}`
const PATCH = `PATCH ${EVENTS}/*`
const moved = { startsAt: new Date('2026-03-12T09:00:00Z'), endsAt: new Date('2026-03-12T09:30:00Z') }
const LOST = ['drop-after-commit', 'hang-after-commit', 'truncate'] as const

/** With a meeting that is written, and where its event is. */
async function startWithMeeting() {
  const started = await startGoogleCalendar()
  const event = meetingEvent()
  const { eventId } = await started.calendar.writeEvent(started.access, event)
  const next = (changes: object = {}) => ({ ...event, revision: 2, written: { eventId }, ...changes })
  return { ...started, event, eventId, next, shown: () => started.agent.event(eventId)! }
}

describe('a meeting', () => {
  it('becomes an event with a link, and Google invites the visitor', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    const event = meetingEvent()
    const written = await calendar.writeEvent(access, event)
    expect(agent.events()).toMatchObject([
      {
        id: written.eventId,
        iCalUID: written.iCalUid,
        etag: written.version,
        summary: 'Demo',
        description: 'See you there.',
        attendees: [{ email: 'vera@customer.example', displayName: 'Vera Visitor' }],
      },
    ])
    expect(await calendar.findEvent(access, written.eventId)).toMatchObject({
      ...asWritten(event, written.eventId),
      conferenceUrl: expect.stringContaining('https://meet.'),
    })
    expect(google.mails).toMatchObject([{ to: 'vera@customer.example', kind: 'INVITATION' }])
  })

  it('F8: is written without a mail of Google’s and without a link where neither is wanted', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    const written = await calendar.writeEvent(
      access,
      meetingEvent({ invites: false, wantsConference: false }),
    )
    expect(written).toMatchObject({ conferenceUrl: null, conferencePending: false })
    // Whoever is on it has it in the calendar without a mail, beside our own invitation.
    expect(agent.events()[0]?.attendees).toBeUndefined()
    await calendar.writeEvent(access, { ...meetingEvent(moved), revision: 2, invites: false, written })
    await calendar.removeEvent(access, { eventId: written.eventId, invites: false, comment: '' })
    expect(google.mails).toEqual([])
  })

  it.each(LOST)(
    'F7: is one event with one link and one mail when three answers are lost: %s',
    async (kind) => {
      const { google, agent, impatient, calendar, access } = await startGoogleCalendar()
      const event = meetingEvent()
      google.faults.add(INSERT, { kind })
      google.faults.add(`GET ${EVENTS}/*`, { kind }, { times: 2 })
      for (let attempt = 1; attempt <= 3; attempt++) {
        expect(await faultOf(impatient.writeEvent(access, event))).toMatchObject({ kind: 'RETRY' })
      }
      expect(google.faults.pending()).toBe(0)
      const { eventId, conferenceUrl } = await calendar.writeEvent(access, event)
      expect(agent.events().map(({ id, hangoutLink }) => [id, hangoutLink])).toEqual([
        [eventId, conferenceUrl],
      ])
      expect(google.mails).toHaveLength(1)
    },
  )

  it('F32: is written without inviting anybody when the account has reached its limit', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    agent.invitationsLeft = 0
    const event = meetingEvent()
    expect(await faultOf(calendar.writeEvent(access, event))).toMatchObject({ kind: 'INVITATIONS_LIMITED' })
    expect(agent.events()).toEqual([])
    await calendar.writeEvent(access, { ...event, invites: false })
    expect([agent.events().length, google.mails.length]).toEqual([1, 0])
  })

  it.each(['deleteEvent', 'forgotten'])(
    'F36: deleted (%s) is gone, and made anew as the next generation',
    async (how) => {
      const { google, agent, calendar, access, eventId, event, next } = await startWithMeeting()
      agent.deleteEvent(eventId)
      if (how === 'forgotten') agent.forgetDeleted()
      expect(await faultOf(calendar.writeEvent(access, next(moved)))).toMatchObject({ kind: 'GONE' })
      expect(agent.events()).toEqual([])
      google.mails.length = 0
      const anew = await calendar.writeEvent(access, next({ ...moved, generation: 1 }))
      expect(anew.eventId).not.toBe(eventId)
      expect((await calendar.findEvent(access, anew.eventId))?.meetingId).toBe(event.meetingId)
      expect(google.mails).toMatchObject([{ kind: 'INVITATION' }])
    },
  )

  it('F36: that was deleted before we knew of it is gone too: its id cannot be used again', async () => {
    const { agent, calendar, access, eventId, event } = await startWithMeeting()
    agent.deleteEvent(eventId)
    expect(await faultOf(calendar.writeEvent(access, event))).toMatchObject({ kind: 'GONE' })
  })
})

describe('a meeting that is moved', () => {
  it('F30: moves in the calendar, keeps its link, and Google tells the visitor once', async () => {
    const { google, agent, calendar, access, eventId, next } = await startWithMeeting()
    const before = await calendar.findEvent(access, eventId)
    const after = await calendar.writeEvent(access, next(moved))
    await calendar.writeEvent(access, next(moved))
    expect(after).toMatchObject({ eventId, conferenceUrl: before?.conferenceUrl })
    expect(await calendar.findEvent(access, eventId)).toMatchObject({
      start: moved.startsAt.getTime(),
      end: moved.endsAt.getTime(),
      conferenceUrl: expect.stringContaining('https://meet.'),
    })
    expect(google.mails.map(({ kind }) => kind)).toEqual(['INVITATION', 'UPDATE'])
    expect([google.log.count(PATCH), agent.events().length]).toEqual([1, 1])
  })

  it.each(LOST)('F7: tells the visitor once when the answer is lost: %s', async (kind) => {
    const { google, impatient, calendar, access, next, shown } = await startWithMeeting()
    google.faults.add(PATCH, { kind })
    expect(await faultOf(impatient.writeEvent(access, next(moved)))).toMatchObject({ kind: 'RETRY' })
    await calendar.writeEvent(access, next(moved))
    expect(Date.parse(shown().start!.dateTime!)).toBe(moved.startsAt.getTime())
    expect(google.mails.map((mail) => mail.kind)).toEqual(['INVITATION', 'UPDATE'])
  })

  it('F37: keeps what the agent has written, and invites nobody again who was taken off', async () => {
    const { agent, calendar, access, eventId, next, shown } = await startWithMeeting()
    agent.editEvent(eventId, { summary: 'Demo with lunch', description: 'Bring the cable.', colorId: '7' })
    agent.removeAttendee(eventId, 'vera@customer.example')
    await calendar.writeEvent(access, next({ ...moved, subject: 'Other', body: 'Other' }))
    expect(shown()).toMatchObject({
      summary: 'Demo with lunch',
      description: 'Bring the cable.',
      colorId: '7',
      start: { dateTime: expect.stringContaining('2026-03-12T09:00:00') },
    })
    expect(shown().attendees ?? []).toEqual([])
    expect(await calendar.findEvent(access, eventId)).toMatchObject({ visitorInvited: false })
  })

  it('gets its times back when the agent has made whole days of it', async () => {
    const { agent, calendar, access, eventId, next, shown } = await startWithMeeting()
    agent.moveEvent(eventId, { start: '2026-03-10' })
    await calendar.writeEvent(access, next(moved))
    expect(shown().start?.date).toBeUndefined()
    expect(Date.parse(shown().end!.dateTime!)).toBe(moved.endsAt.getTime())
  })

  it('never goes back to an older revision, nor is it told of one', async () => {
    const { google, calendar, access, event, next, shown } = await startWithMeeting()
    await calendar.writeEvent(access, next({ ...moved, revision: 3 }))
    google.log.clear()
    google.mails.length = 0
    await calendar.writeEvent(access, event)
    await calendar.writeEvent(access, next({ revision: 2 }))
    expect(Date.parse(shown().start!.dateTime!)).toBe(moved.startsAt.getTime())
    expect([google.log.count(PATCH), google.mails.length]).toEqual([0, 0])
  })

  it('shows the newest of two revisions that are written at the same time', async () => {
    const { google, calendar, access, next, shown } = await startWithMeeting()
    const gate = Promise.withResolvers<void>()
    google.faults.add(PATCH, { kind: 'delay', until: gate.promise })
    const older = calendar.writeEvent(access, next())
    await eventually(() => expect(google.log.count(PATCH)).toBe(1))
    const newer = await calendar.writeEvent(access, next({ ...moved, revision: 3 }))
    gate.resolve()
    expect((await older).version).toBe(newer.version)
    expect(Date.parse(shown().start!.dateTime!)).toBe(moved.startsAt.getTime())
  })

  it('is left for later when its event never stands still', async () => {
    const { google, calendar, access, next } = await startWithMeeting()
    const error = { code: 412, message: 'Precondition Failed', errors: [{ reason: 'conditionNotMet' }] }
    google.faults.add(PATCH, { kind: 'answer', status: 412, body: { error } }, { times: 5 })
    expect(await faultOf(calendar.writeEvent(access, next(moved)))).toMatchObject({ kind: 'RETRY' })
    expect(google.log.count(PATCH)).toBe(3)
  })
})

describe('the video conference', () => {
  it('F31: that is made slowly is there later', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    google.behaviour.conferences.pendingReads = 2
    const event = meetingEvent()
    const first = await calendar.writeEvent(access, event)
    const again = { ...event, written: first }
    for (const written of [first, await calendar.writeEvent(access, again)]) {
      expect(written).toMatchObject({ conferenceUrl: null, conferencePending: true })
    }
    expect(await calendar.findEvent(access, first.eventId)).toMatchObject({ conferenceUrl: null })
    expect(await calendar.writeEvent(access, again)).toMatchObject({
      conferenceUrl: expect.stringContaining('https://meet.'),
      conferencePending: false,
    })
    expect(google.log.count(PATCH)).toBe(0)
  })

  it('F31: that cannot be made leaves the meeting standing', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    google.behaviour.conferences.outcome = 'failure'
    const event = meetingEvent()
    const written = await calendar.writeEvent(access, event)
    expect(await calendar.writeEvent(access, { ...event, written })).toMatchObject({
      conferenceUrl: null,
      conferencePending: false,
    })
    expect(agent.events()).toHaveLength(1)
  })

  it('F31: that the calendar does not allow is left out', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    agent.calendars()[0]!.conferenceTypes = []
    const written = await calendar.writeEvent(access, meetingEvent())
    expect(written).toMatchObject({ conferenceUrl: null, conferencePending: false })
    expect([agent.events().length, google.mails.length]).toEqual([1, 1])
  })
})

describe('an event that is to go', () => {
  it('F36: goes once, and its visitor is told once, however often it is asked', async () => {
    const { google, agent, calendar, access, eventId } = await startWithMeeting()
    const removal = { eventId, invites: true, comment: 'Cancelled.' }
    await calendar.removeEvent(access, removal)
    await calendar.removeEvent(access, removal)
    agent.forgetDeleted()
    await calendar.removeEvent(access, removal)
    expect(agent.events()).toEqual([])
    expect(google.mails.map(({ kind }) => kind)).toEqual(['INVITATION', 'CANCELLATION'])
  })

  it('is not believed to be gone because a page says so', async () => {
    const { google, agent, calendar, access, eventId } = await startWithMeeting()
    google.faults.add(`DELETE ${EVENTS}/*`, { kind: 'html', status: 404 })
    const removal = calendar.removeEvent(access, { eventId, invites: true, comment: '' })
    expect(await faultOf(removal)).toMatchObject({ kind: 'RETRY' })
    expect(agent.events()).toHaveLength(1)
  })
})

describe('an event that is looked for', () => {
  it('F9, F10: is where the agent has put it, and deleted when it was', async () => {
    const { agent, calendar, access, eventId } = await startWithMeeting()
    agent.moveEvent(eventId, { start: '2026-03-12T09:00:00Z', end: '2026-03-12T09:30:00Z' })
    const found = { start: moved.startsAt.getTime(), end: moved.endsAt.getTime() }
    expect(await calendar.findEvent(access, eventId)).toMatchObject({ ...found, state: 'STANDS' })
    agent.declineEvent(eventId)
    expect(await calendar.findEvent(access, eventId)).toMatchObject({ state: 'DECLINED' })
    agent.deleteEvent(eventId)
    expect(await calendar.findEvent(access, eventId)).toMatchObject({ state: 'DELETED' })
    agent.forgetDeleted()
    expect(await calendar.findEvent(access, eventId)).toBeNull()
  })

  it('is not found when it is not ours', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    const foreign = agent.createEvent({ start: '2026-03-10T16:00:00Z' })
    expect(await calendar.findEvent(access, foreign)).toBeNull()
    expect(await calendar.findEvent(access, randomUUID().replaceAll('-', ''))).toBeNull()
  })
})
