// Who holds the invitation to a meeting, at which address, and who is told of what.
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { MailRefusedError } from '../../src/services/ports/mailer.ts'
import { startApp } from '../kit/app.ts'
import { book, createBookableAgent, mutateMeeting } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { enterInCalendars, readMail } from '../kit/mailbox-calendars.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, slotAt, TEN } from '../kit/times.ts'

const OLD = 'grace@navy.example'
const NEW = 'hopper@navy.example'
const MIGRATION = 'prisma/migrations/20261128100000_invitation_facts/migration.sql'
const FROM = 'meetings@switchboard.test'

const { app, acme, admin, ada, visitor, database, mutate } = useScene(
  { ada: bookable(), visitor: aVisitor },
  { start: () => startApp({ jobs: true, pausesMails: true }), appPerTest: true },
)

const mailsRead = () => Promise.all(app.mails.map(readMail))
const readTo = async (address: string) => (await mailsRead()).filter(({ to }) => to === address)
const methods = async (address: string) => (await readTo(address)).map(({ event }) => event?.method)
const calendarOf = async (address: string) => [
  ...(enterInCalendars(await mailsRead())
    .get(address)
    ?.values() ?? []),
]

const bookNine = () =>
  book(app, {
    token: visitor.token,
    input: { target: { agentId: ada.id }, startsAt: NINE, person: { email: OLD, firstName: 'Grace' } },
  })

/** Both sides have their first mail, and get the next one at once. */
async function bookedMeeting() {
  const { id } = await bookNine()
  await untilIdle()
  expect(app.mails).toHaveLength(2)
  app.clock.advance(2 * MINUTE)
  return id
}

const change = (mutation: string, input: object) =>
  mutateMeeting(app, { mutation, token: admin.token, input })

async function changeEmail(email: string) {
  const { id } = await database.person.findFirstOrThrow({ where: { email: { endsWith: 'navy.example' } } })
  const personId = Buffer.from(`Person:${id}`).toString('base64')
  const input = { personId, person: { email } }
  const saved = await mutate({ mutation: 'updatePerson', input, token: admin.token, select: '' })
  expect(saved.__typename).toBe('Person')
}

/** All mails are sent, and none waits. */
const untilIdle = () =>
  eventually(async () => {
    const left = await database.$queryRaw<object[]>`
      SELECT FROM pgboss.job WHERE name IN ('meeting-mail', 'attendee-address')
        AND state IN ('created', 'retry', 'active')`
    expect(left).toEqual([])
  })

describe('an invitation', () => {
  it('is from the installation to both sides, which can both accept it, and replies go to the agent', async () => {
    await bookedMeeting()
    for (const address of [OLD, ada.email]) {
      const [mail] = await readTo(address)
      expect(mail).toMatchObject({ from: FROM, event: { method: 'REQUEST', organizer: FROM, sequence: 0 } })
      expect(mail?.event?.attendees).toEqual([ada.email, OLD].sort())
      expect(mail?.event?.description).toContain('With: ')
    }
    const [toVisitor] = await readTo(OLD)
    expect(toVisitor?.replyTo).toBe(ada.email)
    expect(toVisitor?.event?.description).toContain('http://switchboard.test/meeting#sbm_')
    expect(toVisitor?.event?.url).toContain('http://switchboard.test/meeting#sbm_')
  })

  it('keeps its organizer when the installation gets another address', async () => {
    const meetingId = await bookedMeeting()
    const { services } = app.app
    services.settings = { ...services.settings, mailFrom: 'other@switchboard.test' }
    await change('rescheduleMeeting', { meetingId, startsAt: TEN })
    await untilIdle()
    expect(app.mails).toHaveLength(4)
    for (const { from, event } of await mailsRead()) expect([from, event?.organizer]).toEqual([FROM, FROM])
    expect(app.mails[3]?.sender?.address).toBe('other@switchboard.test')
  })

  it('moves with the visitor’s address: the old one gets a cancellation, the new one the invitation', async () => {
    const meetingId = await bookedMeeting()
    await changeEmail(NEW)
    await untilIdle()
    expect(await methods(OLD)).toEqual(['REQUEST', 'CANCEL'])
    expect(await methods(NEW)).toEqual(['REQUEST'])
    expect(await methods(ada.email)).toEqual(['REQUEST', 'REQUEST'])
    expect((await calendarOf(ada.email))[0]?.attendees).toContain(NEW)
    app.clock.advance(2 * MINUTE)
    const { history } = await change('cancelMeeting', { meetingId })
    expect(history[1]).toMatchObject({ kind: 'ATTENDEE_CHANGED', reasonCode: 'VISITOR_EMAIL_CHANGED' })
    await untilIdle()
    expect(await methods(OLD)).toEqual(['REQUEST', 'CANCEL'])
    expect(await methods(NEW)).toEqual(['REQUEST', 'CANCEL'])
  })

  it('moves with each of two changes at the same instant, and the other side learns of both', async () => {
    await bookedMeeting()
    await changeEmail(NEW)
    await untilIdle()
    await changeEmail('admiral@navy.example')
    await eventually(() => expect(app.mails.map(({ to }) => to.address)).toContain('admiral@navy.example'))
    app.clock.advance(2 * MINUTE)
    await untilIdle()
    for (const address of [OLD, NEW]) expect(await calendarOf(address)).toEqual([])
    for (const address of [ada.email, 'admiral@navy.example']) {
      const attendees = [ada.email, 'admiral@navy.example'].sort()
      expect(await calendarOf(address)).toMatchObject([{ attendees }])
    }
  })

  it('moves with the agent’s address', async () => {
    const meetingId = await bookedMeeting()
    const former = ada.email
    const email = 'ada.new@acme.example'
    const input = { agentId: ada.id, email }
    await mutate({ mutation: 'updateAgent', input, token: admin.token, select: '' })
    await untilIdle()
    expect(await methods(former)).toEqual(['REQUEST', 'CANCEL'])
    expect(await methods(email)).toEqual(['REQUEST'])
    expect((await calendarOf(OLD))[0]?.attendees).toEqual([email, OLD].sort())
    const { history } = await change('cancelMeeting', { meetingId })
    expect(history[1]).toMatchObject({ kind: 'ATTENDEE_CHANGED', reasonCode: 'AGENT_EMAIL_CHANGED' })
  })

  it('does not move for a meeting that is cancelled or over', async () => {
    const meetingId = await bookedMeeting()
    await change('cancelMeeting', { meetingId })
    await untilIdle()
    app.clock.advance(2 * MINUTE)
    await changeEmail(NEW)
    await untilIdle()
    expect(await methods(OLD)).toEqual(['REQUEST', 'CANCEL'])
    expect(await methods(NEW)).toEqual([])
  })

  it('is cancelled at the address that has it, although the person got another one in between', async () => {
    const meetingId = await bookedMeeting()
    // The job that moves the invitation has not run.
    await database.person.updateMany({ where: { email: OLD }, data: { email: NEW } })
    await change('cancelMeeting', { meetingId })
    await untilIdle()
    expect(await methods(OLD)).toEqual(['REQUEST', 'CANCEL'])
    expect(await methods(NEW)).toEqual([])
  })

  it('ends for everybody when the meeting is cancelled after its agent was removed', async () => {
    const meetingId = await bookedMeeting()
    await mutate({ mutation: 'removeAgent', input: { agentId: ada.id }, token: admin.token, select: '' })
    await change('cancelMeeting', { meetingId })
    await untilIdle()
    expect(await methods(OLD)).toEqual(['REQUEST', 'CANCEL'])
    expect(await methods(ada.email)).toEqual(['REQUEST', 'CANCEL'])
  })

  it('goes to the new agent, and ends with the former one', async () => {
    const meetingId = await bookedMeeting()
    const beth = await createBookableAgent(app, acme, { name: 'Beth Moore' })
    await change('reassignMeeting', { meetingId, agentId: beth.id })
    await untilIdle()
    expect(await calendarOf(ada.email)).toEqual([])
    const [held] = await calendarOf(OLD)
    expect(held?.attendees).toEqual([beth.email, OLD].sort())
    expect(await calendarOf(beth.email)).toMatchObject([{ uid: held?.uid, sequence: 1 }])
  })

  it('that a server refuses is tried again with the next change', async () => {
    const { services } = app.app
    const { send } = services.mailer
    services.mailer.send = async (mail) => {
      if (mail.to.address === OLD) throw new MailRefusedError('550 No such user here')
      return send(mail)
    }
    const { id: meetingId } = await bookNine()
    await untilIdle()
    expect(await methods(OLD)).toEqual([])
    expect(await methods(ada.email)).toEqual(['REQUEST'])
    services.mailer.send = send
    app.clock.advance(2 * MINUTE)
    await change('rescheduleMeeting', { meetingId, startsAt: TEN })
    await untilIdle()
    expect(await calendarOf(OLD)).toMatchObject([{ startsAt: TEN }])
  })
})

describe('an invitation of an earlier version', () => {
  /** As the migration finds it. */
  async function bookedEarlier() {
    const meetingId = await bookedMeeting()
    await database.meetingInvitation.deleteMany()
    const migration = await readFile(MIGRATION, 'utf8')
    // A column was named differently then.
    await database.$executeRaw`ALTER TABLE "CalendarConnection" RENAME "state" TO "status"`
    for (const statement of migration.split(';')) {
      if (statement.includes('INSERT')) await database.$executeRawUnsafe(statement)
    }
    await database.$executeRaw`ALTER TABLE "CalendarConnection" RENAME "status" TO "state"`
    return meetingId
  }

  it('keeps the agent as its organizer', async () => {
    const meetingId = await bookedEarlier()
    await change('cancelMeeting', { meetingId })
    await untilIdle()
    const cancellation = app.mails.findLast(({ to }) => to.address === OLD)
    expect(cancellation).toMatchObject({ from: { address: FROM }, calendar: { method: 'CANCEL' } })
    const content = cancellation?.calendar?.content.replaceAll('\r\n ', '')
    expect(content).toMatch(new RegExp(`^ORGANIZER.*mailto:${ada.email}\r$`, 'm'))
  })

  it('is sent by the job that was left', async () => {
    await bookedEarlier()
    const { id: changeId } = await database.meetingChange.findFirstOrThrow()
    const { jobs } = app.app.services
    await database.$transaction((tx) => jobs.enlist(tx, 'meeting-mail', [{ changeId, recipient: 'VISITOR' }]))
    await untilIdle()
    const mails = app.mails.filter(({ to }) => to.address === OLD)
    expect(mails.map(({ calendar }) => calendar?.method)).toEqual(['REQUEST', 'REQUEST'])
    expect(mails[1]?.messageId).toBe(mails[0]?.messageId)
  })

  it('of a former agent is cancelled by the job that was left', async () => {
    const meetingId = await bookedMeeting()
    const beth = await createBookableAgent(app, acme, { name: 'Beth Moore' })
    await change('reassignMeeting', { meetingId, agentId: beth.id })
    await untilIdle()
    // The earlier version had reassigned the meeting, and its mail to the former agent still waits.
    const { id: changeId } = await database.meetingChange.findFirstOrThrow({ where: { kind: 'REASSIGNED' } })
    await database.meetingInvitation.deleteMany({ where: { agentId: ada.agentId, recipient: 'AGENT' } })
    app.mails.length = 0
    const { jobs } = app.app.services
    await database.$transaction((tx) =>
      jobs.enlist(tx, 'meeting-mail', [{ changeId, recipient: 'PREVIOUS_AGENT' }]),
    )
    await untilIdle()
    expect(app.mails.map(({ to, calendar }) => [to.address, calendar?.method])).toEqual([
      [ada.email, 'CANCEL'],
    ])
  })
})

describe('several changes', () => {
  it('within a minute become one mail that tells the last state', async () => {
    const { id: meetingId } = await bookNine()
    await untilIdle()
    expect(app.mails).toHaveLength(2)
    for (const slot of [1, 2, 3]) await change('rescheduleMeeting', { meetingId, startsAt: slotAt(slot) })
    app.clock.advance(2 * MINUTE)
    await untilIdle()
    for (const address of [OLD, ada.email]) {
      expect(await readTo(address)).toHaveLength(2)
      expect(await calendarOf(address)).toMatchObject([{ startsAt: slotAt(3), sequence: 3 }])
    }
    expect((await readTo(OLD))[1]?.text).toContain('Previously: Tuesday, 3 March 2026, 10:00')
  })

  it('that end with a cancellation become that cancellation', async () => {
    const { id: meetingId } = await bookNine()
    await untilIdle()
    expect(app.mails).toHaveLength(2)
    await change('rescheduleMeeting', { meetingId, startsAt: TEN })
    await change('cancelMeeting', { meetingId, reason: 'Ill' })
    app.clock.advance(2 * MINUTE)
    await untilIdle()
    for (const address of [OLD, ada.email]) {
      expect(await methods(address)).toEqual(['REQUEST', 'CANCEL'])
      expect((await readTo(address))[1]?.text).toContain('Ill')
    }
  })
})
