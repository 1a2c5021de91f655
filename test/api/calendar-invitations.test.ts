// Exactly one invitation for each revision of a meeting reaches the visitor: from the agent's calendar, or with our mail.
import { describe, expect, it } from 'vitest'
import type { Mail } from '../../src/services/ports/mailer.ts'
import type { Staff } from '../kit/actors.ts'
import { book, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { bookWith, startsWith, untilWritten } from '../kit/calendar-looks.ts'
import { mailsByCalendar, mailsByUs, organizerIn, uidIn } from '../kit/calendar-mails.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import { type Account, createConnectedAgent, PROVIDERS, uidOf } from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { hashWith, identifyVisitor, identitySecretOf, personIdOf } from '../kit/people.ts'
import { emulatorOf } from '../kit/providers/kits.ts'
import { aVisitor } from '../kit/scene.ts'
import { at, TEN } from '../kit/times.ts'

const FOUR = at('16:00')

const FROM = 'meetings@switchboard.test'
const NEW_ADDRESS = 'hopper@navy.example'
const SPAM = 'https://evil.example/pills'
const FREE = { email: 'eve@navy.example', firstName: `Eve ${SPAM}`, jobTitle: SPAM, phone: SPAM }

const { app, acme, admin, database, visitor, mutate } = useCalendarScene(
  { visitor: aVisitor },
  { jobs: true },
)

const bookTen = (agent: Staff) => bookWith(app, { agent, visitor: visitor.token, startsAt: TEN })

const ours = () => mailsByUs(app)
const theirs = (account: Account) => mailsByCalendar(app, account)

const invitationIn = (mail?: Mail) => ({
  method: mail?.calendar?.method,
  uid: uidIn(mail?.calendar?.content),
  organizer: organizerIn(mail?.calendar?.content),
})

async function changeAddress(email: string): Promise<void> {
  const personId = await personIdOf(app, visitor.token)
  const input = { personId, person: { email } }
  const saved = await mutate({ mutation: 'updatePerson', input, token: admin.token, select: '' })
  expect(saved.__typename).toBe('Person')
}

describe.each(PROVIDERS)('a meeting in a calendar of %s', (provider) => {
  it('has its invitation sent by the calendar, and our mail carries no second one', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(agent)
    app.clock.advance(MINUTE)
    await eventually(() => expect(ours()).toHaveLength(1))
    expect(ours()[0]?.calendar).toBeNull()
    expect(theirs(account)).toEqual(['INVITATION'])
    const move = { meetingId: id, startsAt: FOUR }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token: visitor.token })
    await eventually(() => expect(ours()).toHaveLength(2))
    expect(ours()[1]?.calendar).toBeNull()
    expect(theirs(account)).toEqual(['INVITATION', 'UPDATE'])
    await mutateMeeting(app, { mutation: 'cancelMeeting', input: { meetingId: id }, token: visitor.token })
    await eventually(() => expect(theirs(account)).toHaveLength(3))
    await eventually(() => expect(ours()).toHaveLength(3))
    expect(ours()[2]?.calendar).toBeNull()
  })

  it('tells nothing that the visitor wrote to an address that nobody has vouched for', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const identityHash = hashWith(await identitySecretOf(app, acme), FREE.email)
    const unverified = await createVisitor(app, acme)
    const verified = await createVisitor(app, acme)
    await identifyVisitor(app, verified, { person: FREE, identityHash })
    for (const [token, startsAt] of [
      [unverified, TEN],
      [verified, FOUR],
    ] as const) {
      const target = { agentId: agent.id }
      await book(app, { token, input: { target, startsAt, person: FREE, agenda: `${SPAM} at once` } })
    }
    await eventually(() => expect(theirs(account)).toEqual(['INVITATION', 'INVITATION']))
    const [claimed, proven] = [
      account.eventsWithin(TEN, at('10:30')),
      account.eventsWithin(FOUR, at('16:30')),
    ]
    expect(JSON.stringify(claimed)).not.toContain(SPAM)
    expect(JSON.stringify(claimed)).toContain('Eve')
    expect(JSON.stringify(proven)).toContain(`${SPAM} at once`)
  })

  it('moves with the visitor’s address: the old one gets our cancellation of it, the new one our invitation', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    await bookTen(agent)
    await eventually(() => expect(theirs(account)).toEqual(['INVITATION']))
    app.clock.advance(MINUTE)
    await eventually(() => expect(ours()).toHaveLength(1))
    const uid = uidOf(account.events()[0])
    await changeAddress(NEW_ADDRESS)
    await eventually(() => expect(ours()).toHaveLength(2))
    expect(invitationIn(ours()[1])).toEqual({ method: 'CANCEL', uid, organizer: account.email })
    const moved = () => app.mails.filter(({ to }) => to.address === NEW_ADDRESS)
    await eventually(() => expect(moved()).toHaveLength(1))
    expect(invitationIn(moved()[0])).toMatchObject({ method: 'REQUEST', organizer: FROM })
    expect(uidIn(moved()[0]?.calendar?.content)).not.toBe(uid)
    expect(moved()[0]?.text).toContain('meeting#sbm_')
    // The event stays in the agent's calendar, which writes to no visitor any more.
    await untilWritten(app, agent)
    expect(account.events()).toHaveLength(1)
    expect(theirs(account).filter((kind) => kind !== 'INVITATION')).toEqual([])
  })

  it('delays our mail until the link to the conference is there', async () => {
    if (provider === 'GOOGLE') app.google.behaviour.conferences.pendingReads = 2
    const { agent } = await createConnectedAgent(app, provider)
    await bookTen(agent)
    // The provider takes its time to create a conference: time passes until each look at it, and no more.
    await eventually(async () => {
      const { dueAt, meeting } = await entryOf(agent)
      if (dueAt !== null && dueAt > app.clock.now()) app.clock.set(dueAt.toISOString())
      expect(meeting.conferenceUrl).toMatch(/^https:/)
    })
    await eventually(() => expect(ours()).toHaveLength(1))
    expect(ours()[0]?.text).toContain('Join the meeting: https://')
  })

  it('has its invitation sent by us when the account has no invitations left', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    if (!('invitationsLeft' in account)) return
    account.invitationsLeft = 0
    await bookTen(agent)
    app.clock.advance(MINUTE)
    await eventually(() => expect(ours()).toHaveLength(1))
    expect(account.events()).toHaveLength(1)
    expect(ours()[0]?.calendar?.content).toContain(`UID:${account.events()[0]?.iCalUID}`)
    expect(theirs(account)).toEqual([])
  })

  it('is confirmed to the visitor after two minutes, even if the calendar cannot be written to', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const outside = emulatorOf(app, provider)
    const route = provider === 'GOOGLE' ? 'POST /calendar/v3/calendars/*/events' : 'POST /v1.0/me/events'
    outside.faults.add(route, { kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY })
    const { id } = await bookTen(agent)
    app.clock.advance(3 * MINUTE)
    await eventually(() => expect(ours()).toHaveLength(1))
    expect(ours()[0]?.calendar).toBeNull()
    await eventually(async () => expect((await entryOf(agent)).firstFailedAt).not.toBeNull())
    // After a day of failed writes we send the invitation.
    app.clock.set(at('08:30'))
    await eventually(() => expect(ours()).toHaveLength(2))
    expect(ours()[1]?.calendar?.method).toBe('REQUEST')
    expect(ours()[1]?.messageId).not.toBe(ours()[0]?.messageId)
    // We also send the next ones, although the calendar accepts the meeting again.
    outside.faults.clear()
    // The worker reads the calendar again.
    await eventually(async () =>
      expect(await startsWith(app, { agent, visitor: visitor.token })).toContain(FOUR),
    )
    const move = { meetingId: id, startsAt: FOUR }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token: visitor.token })
    await eventually(() => expect(account.events()).toHaveLength(1))
    await eventually(() => expect(ours()).toHaveLength(3))
    const [, first, second] = ours().map(({ calendar }) => calendar)
    expect(second?.method).toBe('REQUEST')
    expect(uidIn(second?.content)).toBe(uidIn(first?.content))
    expect(theirs(account)).toEqual([])
  })
})

const entryOf = ({ agentId }: Staff) =>
  database.calendarEntry.findFirstOrThrow({ where: { agentId }, include: { meeting: true } })
