// How long the link in a visitor's mail is good, and for whom.
import { parse } from 'uuid'
import { beforeEach, describe, expect, it } from 'vitest'
import { MEETING_LINK_PREFIX } from '../../src/services/identity/meeting-link.ts'
import { startApp } from '../kit/app.ts'
import { book, mutateMeeting, type Result } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { personIdOf } from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const VISITOR = 'grace@navy.example'
const NEW_ADDRESS = 'hopper@navy.example'
/** 57 days after NINE. */
const FAR = '2026-04-29T09:00:00.000Z'

const { app, admin, ada, visitor, database, mutate } = useScene(
  { ada: bookable(), visitor: aVisitor },
  { start: () => startApp({ jobs: true }) },
)
/** Of Ada and the visitor, at NINE. */
let meeting: Result

beforeEach(async () => {
  meeting = await book(app, {
    token: visitor.token,
    input: { target: { agentId: ada.id }, startsAt: NINE, person: { email: VISITOR, firstName: 'Grace' } },
  })
})

/** @param revision left out: any
 * @returns the token in the mail to an address about a revision of the meeting */
async function linkTo(address: string, revision?: number): Promise<string> {
  return eventually(() => {
    const mail = app.mails.find(
      (each) =>
        each.to.address === address && (revision === undefined || each.messageId.includes(`.${revision}.`)),
    )
    const [, token] = /meeting#(sbm_\S+)/.exec(mail?.text ?? '') ?? []
    if (token === undefined) throw new Error(`No link was sent to ${address} in revision ${revision}.`)
    return token
  })
}

/** A link as version 0.1 sent it: it expires 90 days after the time that the meeting had then. */
async function oldLink(): Promise<string> {
  const { id, endsAt } = await database.meeting.findFirstOrThrow({ where: { agentId: ada.agentId } })
  const payload = Buffer.alloc(22)
  payload.set(parse(id))
  payload.writeUIntBE(endsAt.getTime() + 90 * DAY, 16, 6)
  return MEETING_LINK_PREFIX + app.app.services.signer.sign('meeting-link', payload)
}

const move = (startsAt: string) =>
  mutateMeeting(app, {
    mutation: 'rescheduleMeeting',
    token: visitor.token,
    input: { meetingId: meeting.id, startsAt },
  })

/** What the holder of a link sees with it. */
const seenWith = async (token: string) => {
  const { data, errors } = await app.execute<{ meetings: { nodes: object[] } }>(
    '{ meetings(first: 9) { nodes { id startsAt } } }',
    { token },
  )
  return data?.meetings.nodes ?? errors?.[0]?.extensions?.code
}

/** The visitor's address has got the cancellation. */
const invitationEnded = () =>
  eventually(async () =>
    expect(
      await database.meetingInvitation.count({
        where: { agentId: ada.agentId, recipient: 'VISITOR', endedAt: null },
      }),
    ).toBe(0),
  )

async function changeAddress(email: string): Promise<void> {
  const personId = await personIdOf(app, visitor.token)
  const call = { mutation: 'updatePerson', input: { personId, person: { email } }, token: admin.token }
  expect((await mutate({ ...call, select: '' })).__typename).toBe('Person')
}

describe('the link of a meeting', () => {
  it('is good until 90 days after the end of the meeting as it stands, whichever mail it came in', async () => {
    const tokens = [await linkTo(VISITOR, 0), await oldLink()]
    await move(FAR)
    tokens.push(await linkTo(VISITOR, 1))
    for (const [days, seen] of [
      [146, [{ id: meeting.id, startsAt: FAR }]],
      [148, 'UNAUTHENTICATED'],
    ] as const) {
      app.clock.set(new Date(Date.parse(NINE) + days * DAY).toISOString())
      for (const token of tokens) expect([days, await seenWith(token)]).toEqual([days, seen])
    }
  })

  it('ends earlier when the meeting is moved to an earlier time', async () => {
    await move(FAR)
    const token = await linkTo(VISITOR, 1)
    await move(TEN)
    app.clock.set(new Date(Date.parse(NINE) + 91 * DAY).toISOString())
    expect(await seenWith(token)).toBe('UNAUTHENTICATED')
  })

  it('belongs to the invited address: it ends when the invitation moves to another, which gets its own', async () => {
    const [first, old] = [await linkTo(VISITOR, 0), await oldLink()]
    await changeAddress(NEW_ADDRESS)
    const second = await linkTo(NEW_ADDRESS)
    expect(await seenWith(first)).toBe('UNAUTHENTICATED')
    const refused = await mutateMeeting(app, { mutation: 'cancelMeeting', input: { manageToken: first } })
    expect(refused).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'meeting', 'manageToken'] }],
    })
    await move(TEN)
    for (const token of [second, old])
      expect(await seenWith(token)).toEqual([{ id: meeting.id, startsAt: TEN }])
    expect(second).not.toBe(first)
  })

  it('stays with the address that was told of a meeting that is cancelled', async () => {
    const token = await linkTo(VISITOR, 0)
    const input = { meetingId: meeting.id }
    await mutateMeeting(app, { mutation: 'cancelMeeting', input, token: visitor.token })
    await invitationEnded()
    await changeAddress(NEW_ADDRESS)
    expect(await seenWith(token)).toEqual([{ id: meeting.id, startsAt: NINE }])
  })

  it('returns to an address with its invitation', async () => {
    const first = await linkTo(VISITOR, 0)
    await changeAddress(NEW_ADDRESS)
    await linkTo(NEW_ADDRESS)
    await changeAddress(VISITOR)
    expect(await linkTo(VISITOR, 2)).toBe(first)
    expect(await seenWith(first)).toEqual([{ id: meeting.id, startsAt: NINE }])
  })

  it('stays with the address that was told of a meeting that is over', async () => {
    const token = await linkTo(VISITOR, 0)
    app.clock.set(new Date(Date.parse(NINE) + DAY).toISOString())
    await changeAddress(NEW_ADDRESS)
    expect(await seenWith(token)).toEqual([{ id: meeting.id, startsAt: NINE }])
  })
})
