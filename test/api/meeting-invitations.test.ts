// What an agent's invitation makes of a meeting and of its mails.
import { describe, expect, it } from 'vitest'
import { startApp } from '../kit/app.ts'
import { book, createBookableAgent, mutateMeeting } from '../kit/booking.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const { app, acme, admin, ada, visitor, database, mutate } = useScene(
  { ada: bookable(), visitor: aVisitor },
  { start: () => startApp({ jobs: true }) },
)

/** Another one for each test: mails of the test before may still arrive. */
const visitorEmail = () => ada.email.replace(/.*@/, 'grace@')

/** Writes Ada's invitation. */
async function update(input: object): Promise<void> {
  const saved = await mutate({ mutation: 'updateInvitation', input, token: ada.token, select: '' })
  expect(saved.__typename).toBe('InvitationTemplate')
}

const bookAda = (input: object = {}) =>
  book(app, {
    token: visitor.token,
    input: {
      target: { agentId: ada.id },
      startsAt: NINE,
      person: { email: visitorEmail(), firstName: 'Grace' },
      ...input,
    },
  })

/** The mails to an address, once there are as many. */
async function mailsTo(address: string, count: number) {
  const found = () => app.mails.filter(({ to }) => to.address === address)
  await eventually(() => expect(found()).toHaveLength(count))
  return found()
}

/** What a calendar answers that makes conferences, once the built-in one, which makes none, is written. */
async function setConference(conferenceUrl: string): Promise<void> {
  const { meeting } = database
  const written = { agentId: ada.agentId, calendarSync: 'WRITTEN' as const }
  await eventually(async () => {
    const { count } = await meeting.updateMany({ where: written, data: { conferenceUrl } })
    expect(count).toBe(1)
  })
}

describe('a meeting', () => {
  const INVITATION = {
    subject: 'Demo for {{lead.firstName:"you"}}',
    body: 'We meet at {{meeting.start}} ({{meeting.timeZone}}).\nYours, {{agent.name}}',
  }

  it('has the texts of the default invitation: both names, and the agenda', async () => {
    expect(await bookAda({ agenda: 'Prices' })).toMatchObject({
      subject: 'Ada Lovelace and Grace',
      body: 'Prices',
    })
  })

  it('has its agent’s texts with the tokens replaced; mails have them in the reader’s time zone', async () => {
    await update(INVITATION)
    expect(await bookAda()).toMatchObject({
      subject: 'Demo for Grace',
      body: 'We meet at 10:00 (Europe/Berlin).\nYours, Ada Lovelace',
    })
    const [toVisitor] = await mailsTo(visitorEmail(), 1)
    const [toAgent] = await mailsTo(ada.email, 1)
    expect(toVisitor?.subject).toMatch(/^Confirmed: Demo for Grace, /)
    expect(toVisitor?.text).toContain('We meet at 10:00 (Europe/Berlin).\n  Yours, Ada Lovelace\n')
    expect(toVisitor?.html).toContain('We meet at 10:00 (Europe/Berlin).<br>Yours, Ada Lovelace')
    expect(toAgent?.text).toContain('We meet at 09:00 (UTC).')
    for (const mail of [toVisitor, toAgent]) {
      expect(mail?.calendar?.content).toContain('SUMMARY:Demo for Grace')
      expect(mail?.calendar?.content).toContain('We meet at 10:00 (Europe/Berlin).')
    }
  })

  it('always has the agenda, and shows literally what a visitor wrote', async () => {
    await update({ body: 'Hello {{lead.firstName}}!' })
    const firstName = '<b>G</b> {{agent.email}}'
    const booked = await bookAda({ person: { email: visitorEmail(), firstName }, agenda: '<i>Prices</i>' })
    expect(booked.body).toBe(`Hello ${firstName}!\n\n<i>Prices</i>`)
    const [toVisitor] = await mailsTo(visitorEmail(), 1)
    const [toAgent] = await mailsTo(ada.email, 1)
    expect(toAgent?.html).toContain('&lt;i&gt;Prices&lt;/i&gt;')
    // A name in a mail holds nothing that could become a link.
    for (const mail of [toVisitor, toAgent]) {
      expect(mail?.html).toContain('Hello &lt;b&gt;G&lt; b&gt; {{agent email}}!')
      expect(mail?.html).not.toMatch(/<[bi]>/)
    }
  })

  it('has new texts when it is rescheduled, from the invitation that it was booked with', async () => {
    await update(INVITATION)
    const { id: meetingId } = await bookAda()
    await mailsTo(visitorEmail(), 1)
    await update({ subject: 'Something else', body: 'Something else' })
    const moved = await mutateMeeting(app, {
      mutation: 'rescheduleMeeting',
      token: visitor.token,
      input: { meetingId, startsAt: TEN },
    })
    expect(moved).toMatchObject({
      subject: 'Demo for Grace',
      body: 'We meet at 11:00 (Europe/Berlin).\nYours, Ada Lovelace',
    })
    expect((await mailsTo(visitorEmail(), 2))[1]?.text).toContain('We meet at 11:00')
  })

  it('has the new agent’s texts when it is reassigned, and still the agenda', async () => {
    await update({ ...INVITATION, includeConferenceLink: false })
    const { id: meetingId } = await bookAda({ agenda: 'Prices' })
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const reassigned = await mutateMeeting(app, {
      mutation: 'reassignMeeting',
      token: admin.token,
      input: { meetingId, agentId: grace.id },
    })
    expect(reassigned).toMatchObject({ subject: 'Grace Hopper and Grace', body: 'Prices' })
    const row = await database.meeting.findFirstOrThrow({
      where: { agentId: grace.agentId },
    })
    expect(row.includeConferenceLink).toBe(true)
  })

  it('has its link to join in the mails, but not once it is cancelled', async () => {
    await update({ body: 'Join at {{meeting.joinLink:"our office"}}.' })
    const { id: meetingId, body } = await bookAda()
    expect(body).toBe('Join at our office.')
    await mailsTo(visitorEmail(), 1)
    const conferenceUrl = 'https://meet.example.com/abc'
    await setConference(conferenceUrl)
    const change = (mutation: string, input: object) =>
      mutateMeeting(app, { mutation, token: visitor.token, input: { meetingId, ...input } })
    const moved = await change('rescheduleMeeting', { startsAt: TEN })
    expect(moved.body).toBe(`Join at ${conferenceUrl}.`)
    const [, second] = await mailsTo(visitorEmail(), 2)
    expect(second?.text).toContain(`Join at ${conferenceUrl}.`)
    expect(second?.calendar?.content.replaceAll('\r\n ', '').match(/meet\.example\.com/g)).toHaveLength(3)
    await change('cancelMeeting', {})
    const [, , third] = await mailsTo(visitorEmail(), 3)
    expect(third?.text).toContain('Join at our office.')
    expect(third?.text).not.toContain(conferenceUrl)
  })
})
