// One sender invites the visitor: whatever happens to the calendar, the visitor has one entry, and it is correct.
import { describe, expect, it } from 'vitest'
import { connectCalendar, type Staff } from '../kit/actors.ts'
import { createBookableAgent, mutateMeeting } from '../kit/booking.ts'
import { bookWith, emulatorOf, ROUTES, startsWith, untilWritten } from '../kit/calendar-looks.ts'
import { mailsByCalendar, mailsByUs, organizerIn, uidIn } from '../kit/calendar-mails.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  type Account,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  uidOf,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor } from '../kit/scene.ts'
import { at } from '../kit/times.ts'

const { app, acme, admin, visitor, database, mutate } = useCalendarScene(
  { visitor: aVisitor },
  { jobs: true },
)

const bookTen = (agent: Staff) => bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
const move = (meetingId: string, time: string) =>
  mutateMeeting(app, {
    mutation: 'rescheduleMeeting',
    input: { meetingId, startsAt: at(time) },
    token: visitor.token,
  })
const reassign = (meetingId: string, { id: agentId }: Staff) =>
  mutateMeeting(app, {
    mutation: 'reassignMeeting',
    input: { meetingId, agentId },
    token: admin.token,
  })
const disconnect = ({ token }: Staff) =>
  mutate({ mutation: 'disconnectCalendar', input: {}, token, select: '' })

/** Our mails to the visitor: the method and the UID of what they carry. */
const ours = () =>
  mailsByUs(app).map(
    ({ calendar }) =>
      calendar && { method: calendar.method, uid: uidIn(calendar.content), text: calendar.content },
  )
const theirs = (account: Account) => mailsByCalendar(app, account)

/** Makes the provider refuse all writes.
 * @returns a function that ends this */
function refuseWrites(provider: Provider): () => void {
  const { faults } = emulatorOf(app, provider)
  faults.add(ROUTES[provider].writes, { kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY })
  return () => faults.clear()
}

/** The agent revokes the permission at the provider, and the application notices. */
async function loseAccess(account: Account): Promise<void> {
  account.revokeAccess()
  account.expireAccessTokens()
  app.clock.advance(13 * MINUTE)
  await eventually(() => expect(app.mails.map(({ subject }) => subject).join()).toContain('connected again'))
}

describe.each(PROVIDERS)('a visitor whom a calendar of %s has invited', (provider) => {
  /** Our mail confirms the meeting too, without an invitation. */
  async function bookInvited(agent: Staff, account: Account) {
    const { id } = await bookTen(agent)
    await eventually(() => expect(theirs(account)).toEqual(['INVITATION']))
    // The provider has it a moment before it is known here, and the mail does not wait that long.
    await untilWritten(app, agent)
    app.clock.advance(3 * MINUTE)
    await eventually(() => expect(ours()).toEqual([null]))
    return { id, uid: uidOf(account.events()[0]) }
  }

  it('gets our cancellation and our invitation with the next change when the agent changes to the built-in calendar', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, uid } = await bookInvited(agent, account)
    await disconnect(agent)
    await connectCalendar(app, agent)
    await move(id, '14:00')
    await eventually(() => expect(ours()).toHaveLength(3))
    expect(ours().find((one) => one?.uid === uid)).toMatchObject({ method: 'CANCEL' })
    const ourUid = ours().find((one) => one && one.uid !== uid)?.uid
    await move(id, '15:00')
    await eventually(() => expect(ours()[3]).toMatchObject({ method: 'REQUEST', uid: ourUid }))
    expect(theirs(account)).toEqual(['INVITATION'])
  })

  it('gets our cancellation when a colleague takes over from an agent without a calendar', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const colleague = await createBookableAgent(app, acme, { name: 'Beth Moore' })
    const { id, uid } = await bookInvited(agent, account)
    await disconnect(agent)
    await reassign(id, colleague)
    await eventually(() => expect(ours()).toHaveLength(3))
    const [former, present] = [
      ours().find((one) => one?.uid === uid),
      ours().find((one) => one && one.uid !== uid),
    ]
    expect(former).toMatchObject({ method: 'CANCEL' })
    expect(former?.text).toContain(agent.name)
    expect(present).toMatchObject({ method: 'REQUEST' })
  })

  it('gets our cancellation and a new invitation when a colleague takes over whose calendar invites', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const colleague = await createConnectedAgent(app, provider, 'Beth Moore')
    const { id, uid } = await bookInvited(agent, account)
    await loseAccess(account)
    await reassign(id, colleague.agent)
    await eventually(() => expect(theirs(colleague.account)).toEqual(['INVITATION']))
    await eventually(() =>
      expect(ours().find((one) => one !== null)).toMatchObject({ method: 'CANCEL', uid }),
    )
    // Later changes of the former agent's calendar have no effect.
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    await eventually(() => expect(account.events()).toEqual([]))
    expect(theirs(colleague.account)).toEqual(['INVITATION'])
    expect(ours().filter((one) => one !== null)).toHaveLength(1)
  })

  it('gets our cancellation when the former agent is removed before the calendar could cancel', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const colleague = await createBookableAgent(app, acme, { name: 'Beth Moore' })
    const { id, uid } = await bookInvited(agent, account)
    refuseWrites(provider)
    await reassign(id, colleague)
    await eventually(() => expect(ours().find((one) => one !== null)).toMatchObject({ method: 'REQUEST' }))
    const input = { agentId: agent.id }
    await mutate({ mutation: 'removeAgent', input, token: admin.token, select: '' })
    await eventually(() => expect(ours().find((one) => one?.uid === uid)).toMatchObject({ method: 'CANCEL' }))
  })

  it('gets our cancellation in the name of the account when the agent is removed and the meeting cancelled', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { uid } = await bookInvited(agent, account)
    const input = { agentId: agent.id, meetings: 'CANCEL' }
    await mutate({ mutation: 'removeAgent', input, token: admin.token, select: '' })
    await eventually(() => expect(ours()[1]).toMatchObject({ method: 'CANCEL', uid }))
    expect(organizerIn(ours()[1]?.text)).toBe(account.email)
  })

  it('gets our cancellation when the agent declines the meeting in the calendar, where it stays', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { uid } = await bookInvited(agent, account)
    account.declineEvent(String(account.events()[0]?.id))
    app.clock.advance(13 * MINUTE)
    await eventually(() => expect(ours()[1]).toMatchObject({ method: 'CANCEL', uid }))
  })

  it('gets our cancellation when the calendar could not send it before it was disconnected', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, uid } = await bookInvited(agent, account)
    refuseWrites(provider)
    await mutateMeeting(app, { mutation: 'cancelMeeting', input: { meetingId: id }, token: visitor.token })
    await eventually(() => expect(ours()).toEqual([null, null]))
    await disconnect(agent)
    await eventually(() => expect(ours()[2]).toMatchObject({ method: 'CANCEL', uid }))
  })
})

describe.each(PROVIDERS)('a visitor whom we have invited', (provider) => {
  it(`keeps that entry when a colleague takes over with a calendar of ${provider}`, async () => {
    const former = await createBookableAgent(app, acme, { name: 'Beth Moore' })
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(former)
    await eventually(() => expect(ours()).toHaveLength(1))
    const [first] = ours()
    expect(first).toMatchObject({ method: 'REQUEST', uid: expect.stringMatching(/./) })
    await reassign(id, agent)
    await eventually(() => expect(account.events()).toHaveLength(1))
    await eventually(() => expect(ours()).toHaveLength(2))
    expect(mailsByUs(app)[1]?.text).toContain('Your meeting has changed.')
    expect(ours()[1]).toMatchObject({ method: 'REQUEST', uid: first?.uid })
    expect(theirs(account)).toEqual([])
  })
})

describe.each(PROVIDERS)('a visitor whom a calendar of %s could not invite', (provider) => {
  it('is invited by us when it is disconnected, and not again when it is reconnected', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const recover = refuseWrites(provider)
    await bookTen(agent)
    app.clock.advance(3 * MINUTE)
    await eventually(() => expect(ours()).toEqual([null]))
    await disconnect(agent)
    await eventually(() => expect(ours()[1]).toMatchObject({ method: 'REQUEST' }))
    recover()
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    await eventually(() => expect(account.events()).toHaveLength(1))
    expect(theirs(account)).toEqual([])
  })

  it('gets no confirmation of a meeting after it was cancelled', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    refuseWrites(provider)
    const { id } = await bookTen(agent)
    await mutateMeeting(app, { mutation: 'cancelMeeting', input: { meetingId: id }, token: visitor.token })
    app.clock.advance(3 * MINUTE)
    const left = () => database.$queryRaw<object[]>`
      SELECT FROM pgboss.job WHERE name = 'meeting-mail' AND state IN ('created', 'retry', 'active')`
    await eventually(async () => expect(await left()).toEqual([]))
    const subjects = mailsByUs(app).map(({ subject }) => subject)
    expect(subjects).toHaveLength(1)
    expect(subjects[0]).toContain('ancel')
  })
})

it('Google is not asked to invite for some hours when the account has no invitations left', async () => {
  const { agent, account } = await createConnectedAgent(app, 'GOOGLE')
  if (!('invitationsLeft' in account)) return
  account.invitationsLeft = 0
  await bookTen(agent)
  await eventually(() => expect(account.events()).toHaveLength(1))
  const asked = () =>
    app.google.log
      .of(ROUTES.GOOGLE.writes)
      .filter(
        ({ query, account: email }) => email === account.email && String(query).includes('sendUpdates=all'),
      )
  expect(asked()).toHaveLength(1)
  await bookWith(app, { agent, visitor: visitor.token, startsAt: at('13:00') })
  await eventually(() => expect(account.events()).toHaveLength(2))
  expect(asked()).toHaveLength(1)
  account.invitationsLeft = 10
  app.clock.advance(7 * 60 * MINUTE)
  // The calendar has been read again.
  await eventually(async () =>
    expect(await startsWith(app, { agent, visitor: visitor.token })).toContain(at('16:00')),
  )
  await bookWith(app, { agent, visitor: visitor.token, startsAt: at('16:00') })
  await eventually(() => expect(account.events()).toHaveLength(3))
  expect(theirs(account)).toEqual(['INVITATION'])
})
