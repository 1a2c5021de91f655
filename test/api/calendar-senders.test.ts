// Who invites the visitor is settled once: whatever becomes of the calendar, the visitor has one entry, and it is right.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectCalendar, type Staff } from '../kit/actors.ts'
import { createBookableAgent, mutateMeeting } from '../kit/booking.ts'
import { at, bookWith, outsideOf, ROUTES, startAfresh, startsWith } from '../kit/calendar-looks.ts'
import { eventually, mailsByCalendar, mailsByUs, uidIn } from '../kit/calendar-mails.ts'
import {
  type Account,
  type CalendarApp,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  startCalendarApp,
  uidOf,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarApp({ jobs: true })
})
afterAll(() => app.stop())
beforeEach(async () => {
  visitor = await startAfresh(app)
})

const bookTen = (agent: Staff) => bookWith(app, { agent, visitor, startsAt: at('10:00') })
const move = (meetingId: string, time: string) =>
  mutateMeeting(app, {
    mutation: 'rescheduleMeeting',
    input: { meetingId, startsAt: at(time) },
    token: visitor,
  })
const reassign = (meetingId: string, { id: agentId }: Staff) =>
  mutateMeeting(app, {
    mutation: 'reassignMeeting',
    input: { meetingId, agentId },
    token: app.workspace.admin.token,
  })
const disconnect = ({ token }: Staff) =>
  mutate(app, { mutation: 'disconnectCalendar', input: {}, token, select: '' })

/** Our mails to the visitor: the method and the UID of what they carry. */
const ours = () =>
  mailsByUs(app).map(
    ({ calendar }) =>
      calendar && { method: calendar.method, uid: uidIn(calendar.content), text: calendar.content },
  )
const theirs = (account: Account) => mailsByCalendar(app, account)

/** The provider writes nothing into calendars.
 * @returns ends that */
function refuseWrites(provider: Provider): () => void {
  const { faults } = outsideOf(app, provider)
  faults.add(ROUTES[provider].writes, { kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY })
  return () => faults.clear()
}

/** The agent takes the permission back, and that is found out. */
async function loseAccess(account: Account): Promise<void> {
  account.revokeAccess()
  account.expireAccessTokens()
  app.clock.advance(13 * MINUTE)
  await eventually(() => expect(app.mails.map(({ subject }) => subject).join()).toContain('connected again'))
}

describe.each(PROVIDERS)('a visitor whom a calendar of %s has invited', (provider) => {
  /** Told by our mail too, which carries nothing. */
  async function bookInvited(agent: Staff, account: Account) {
    const { id } = await bookTen(agent)
    await eventually(() => expect(theirs(account)).toEqual(['INVITATION']))
    app.clock.advance(3 * MINUTE)
    await eventually(() => expect(ours()).toEqual([null]))
    return { id, uid: uidOf(account.events()[0]) }
  }

  it('keeps that entry when the agent changes to the product’s own calendar', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, uid } = await bookInvited(agent, account)
    await disconnect(agent)
    await connectCalendar(app, agent)
    await move(id, '14:00')
    await eventually(() => expect(ours()[1]).toMatchObject({ method: 'REQUEST', uid }))
    await move(id, '15:00')
    await eventually(() => expect(ours()[2]).toMatchObject({ method: 'REQUEST', uid }))
    expect(theirs(account)).toEqual(['INVITATION'])
  })

  it('has it taken back by us when a colleague takes over from an agent without a calendar', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const colleague = await createBookableAgent(app, app.workspace, { name: 'Beth Moore' })
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

  it('has it taken back by us, and is invited anew, when a colleague takes over whose calendar invites', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const colleague = await createConnectedAgent(app, provider, 'Beth Moore')
    const { id, uid } = await bookInvited(agent, account)
    await loseAccess(account)
    await reassign(id, colleague.agent)
    await eventually(() => expect(theirs(colleague.account)).toEqual(['INVITATION']))
    await eventually(() =>
      expect(ours().find((one) => one !== null)).toMatchObject({ method: 'CANCEL', uid }),
    )
    // What comes of the former agent's calendar later changes nothing.
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    await eventually(() => expect(account.events()).toEqual([]))
    expect(theirs(colleague.account)).toEqual(['INVITATION'])
    expect(ours().filter((one) => one !== null)).toHaveLength(1)
  })

  it('has it taken back by us when the agent who had the meeting before is removed too early', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const colleague = await createBookableAgent(app, app.workspace, { name: 'Beth Moore' })
    const { id, uid } = await bookInvited(agent, account)
    refuseWrites(provider)
    await reassign(id, colleague)
    await eventually(() => expect(ours().find((one) => one !== null)).toMatchObject({ method: 'REQUEST' }))
    const input = { agentId: agent.id }
    await mutate(app, { mutation: 'removeAgent', input, token: app.workspace.admin.token, select: '' })
    await eventually(() => expect(ours().find((one) => one?.uid === uid)).toMatchObject({ method: 'CANCEL' }))
  })

  it('has it taken back by us when the agent declines the meeting there, where it stays', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { uid } = await bookInvited(agent, account)
    account.declineEvent(String(account.events()[0]?.id))
    app.clock.advance(13 * MINUTE)
    await eventually(() => expect(ours()[1]).toMatchObject({ method: 'CANCEL', uid }))
  })

  it('learns from us what the calendar could not tell before it was given up', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, uid } = await bookInvited(agent, account)
    refuseWrites(provider)
    await mutateMeeting(app, { mutation: 'cancelMeeting', input: { meetingId: id }, token: visitor })
    await eventually(() => expect(ours()).toEqual([null, null]))
    await disconnect(agent)
    await eventually(() => expect(ours()[2]).toMatchObject({ method: 'CANCEL', uid }))
  })
})

describe.each(PROVIDERS)('a visitor whom we have invited', (provider) => {
  it(`keeps that entry when a colleague takes over with a calendar of ${provider}`, async () => {
    const former = await createBookableAgent(app, app.workspace, { name: 'Beth Moore' })
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
  it('is invited by us when it is given up, and not once more when it is connected again', async () => {
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

  it('is not told that a meeting is confirmed after it was cancelled', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    refuseWrites(provider)
    const { id } = await bookTen(agent)
    await mutateMeeting(app, { mutation: 'cancelMeeting', input: { meetingId: id }, token: visitor })
    app.clock.advance(3 * MINUTE)
    const { database } = app.app.services
    const left = () => database.$queryRaw<object[]>`
      SELECT FROM pgboss.job WHERE name = 'meeting-mail' AND state IN ('created', 'retry', 'active')`
    await eventually(async () => expect(await left()).toEqual([]))
    const subjects = mailsByUs(app).map(({ subject }) => subject)
    expect(subjects).toHaveLength(1)
    expect(subjects[0]).toContain('ancel')
  })
})

it('F32: Google is not asked to invite again for some hours when the account may invite nobody', async () => {
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
  await bookWith(app, { agent, visitor, startsAt: at('13:00') })
  await eventually(() => expect(account.events()).toHaveLength(2))
  expect(asked()).toHaveLength(1)
  account.invitationsLeft = 10
  app.clock.advance(7 * 60 * MINUTE)
  // Read again, and known again.
  await eventually(async () => expect(await startsWith(app, { agent, visitor })).toContain(at('16:00')))
  await bookWith(app, { agent, visitor, startsAt: at('16:00') })
  await eventually(() => expect(account.events()).toHaveLength(3))
  expect(theirs(account)).toEqual(['INVITATION'])
})
