// What an agent's invitation makes of a meeting and of its mails.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { mutate } from '../kit/mutate.ts'

const NINE = '2026-03-03T09:00:00Z'
const TEN = '2026-03-03T10:00:00Z'
const DEADLINE = { timeout: 15_000, interval: 50 }

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let visitor: string
/** Of its own for each test: mails of the one before may still come. */
let visitorEmail: string

beforeAll(async () => {
  app = await startApp({ jobs: true })
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme)
  visitor = await createVisitor(app, acme)
  visitorEmail = ada.email.replace(/.*@/, 'grace@')
})

/** Writes Ada's invitation. */
async function update(input: object): Promise<void> {
  const saved = await mutate(app, { mutation: 'updateInvitation', input, token: ada.token, select: '' })
  expect(saved.__typename).toBe('InvitationTemplate')
}

const bookAda = (input: object = {}) =>
  book(app, {
    token: visitor,
    input: {
      target: { agentId: ada.id },
      startsAt: NINE,
      person: { email: visitorEmail, firstName: 'Grace' },
      ...input,
    },
  })

/** The mails to somebody, once there are as many. */
async function mailsTo(address: string, count: number) {
  const found = () => app.mails.filter(({ to }) => to.address === address)
  await vi.waitFor(() => expect(found()).toHaveLength(count), DEADLINE)
  return found()
}

/** What a calendar answers that makes conferences, once the built-in one, which makes none, is written. */
async function setConference(conferenceUrl: string): Promise<void> {
  const { meeting } = app.app.services.database
  const written = { agentId: ada.agentId, calendarSync: 'WRITTEN' as const }
  await vi.waitFor(async () => {
    const { count } = await meeting.updateMany({ where: written, data: { conferenceUrl } })
    expect(count).toBe(1)
  }, DEADLINE)
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

  it('has its agent’s texts with the tokens replaced; mails have them on the reader’s clock', async () => {
    await update(INVITATION)
    expect(await bookAda()).toMatchObject({
      subject: 'Demo for Grace',
      body: 'We meet at 10:00 (Europe/Berlin).\nYours, Ada Lovelace',
    })
    const [toVisitor] = await mailsTo(visitorEmail, 1)
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

  it('never loses the agenda, and shows what a visitor wrote as it was written', async () => {
    await update({ body: 'Hello {{lead.firstName}}!' })
    const firstName = '<b>G</b> {{agent.email}}'
    const booked = await bookAda({ person: { email: visitorEmail, firstName }, agenda: '<i>Prices</i>' })
    expect(booked.body).toBe(`Hello ${firstName}!\n\n<i>Prices</i>`)
    const [mail] = await mailsTo(visitorEmail, 1)
    expect(mail?.html).toContain('Hello &lt;b&gt;G&lt;/b&gt; {{agent.email}}!')
    expect(mail?.html).not.toMatch(/<[bi]>/)
  })

  it('has new texts when it is moved, of the invitation that it was booked with', async () => {
    await update(INVITATION)
    const { id: meetingId } = await bookAda()
    await mailsTo(visitorEmail, 1)
    await update({ subject: 'Something else', body: 'Something else' })
    const moved = await mutateMeeting(app, {
      mutation: 'rescheduleMeeting',
      token: visitor,
      input: { meetingId, startsAt: TEN },
    })
    expect(moved).toMatchObject({
      subject: 'Demo for Grace',
      body: 'We meet at 11:00 (Europe/Berlin).\nYours, Ada Lovelace',
    })
    expect((await mailsTo(visitorEmail, 2))[1]?.text).toContain('We meet at 11:00')
  })

  it('has the new agent’s texts when it is reassigned, and still the agenda', async () => {
    await update({ ...INVITATION, includeConferenceLink: false })
    const { id: meetingId } = await bookAda({ agenda: 'Prices' })
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const reassigned = await mutateMeeting(app, {
      mutation: 'reassignMeeting',
      token: acme.admin.token,
      input: { meetingId, agentId: grace.id },
    })
    expect(reassigned).toMatchObject({ subject: 'Grace Hopper and Grace', body: 'Prices' })
    const row = await app.app.services.database.meeting.findFirstOrThrow({
      where: { agentId: grace.agentId },
    })
    expect(row.includeConferenceLink).toBe(true)
  })

  it('is told with its link to join, but not once it is cancelled', async () => {
    await update({ body: 'Join at {{meeting.joinLink:"our office"}}.' })
    const { id: meetingId, body } = await bookAda()
    expect(body).toBe('Join at our office.')
    await mailsTo(visitorEmail, 1)
    const conferenceUrl = 'https://meet.example.com/abc'
    await setConference(conferenceUrl)
    const change = (mutation: string, input: object) =>
      mutateMeeting(app, { mutation, token: visitor, input: { meetingId, ...input } })
    const moved = await change('rescheduleMeeting', { startsAt: TEN })
    expect(moved.body).toBe(`Join at ${conferenceUrl}.`)
    const [, second] = await mailsTo(visitorEmail, 2)
    expect(second?.text).toContain(`Join at ${conferenceUrl}.`)
    expect(second?.calendar?.content.replaceAll('\r\n ', '').match(/meet\.example\.com/g)).toHaveLength(3)
    await change('cancelMeeting', {})
    const [, , third] = await mailsTo(visitorEmail, 3)
    expect(third?.text).toContain('Join at our office.')
    expect(third?.text).not.toContain(conferenceUrl)
  })
})
