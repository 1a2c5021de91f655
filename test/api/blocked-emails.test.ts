// The addresses from which a workspace takes no meetings and no live chats.
import { beforeEach, describe, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { book, createVisitor, hold, mutateMeeting } from '../kit/booking.ts'
import { requestChat } from '../kit/chat.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { NINE, slotAt, TEN } from '../kit/times.ts'

const EVE = 'eve@good.example'
const { app, acme, admin, ada, database, mutate } = useScene({ ada: bookable() })

const update = (input: object) =>
  mutate({ mutation: 'updateWorkspace', token: admin.token, input, select: '' })
const bookFor = async (email: string, input: object = {}) =>
  book(app, {
    token: await createVisitor(app, acme),
    input: { target: { agentId: ada.id }, startsAt: NINE, person: { email }, ...input },
  })
const REFUSED = {
  __typename: 'ForbiddenError',
  message: 'The workspace takes no bookings from this e-mail address.',
}

beforeEach(() => update({ blockedEmails: [EVE, 'rival.example'], blocksDisposableEmails: true }))

it.each([EVE, 'spy@mail.rival.example', 'nobody@mailinator.com'])(
  '%s neither books a meeting nor requests a live chat',
  async (email) => {
    expect(await bookFor(email)).toMatchObject(REFUSED)
    const { workspaceId } = acme
    expect(await database.meeting.count({ where: { workspaceId } })).toBe(0)
    expect(await database.person.count({ where: { workspaceId, email } })).toBe(0)
    const token = await createVisitor(app, acme, { email })
    expect(await requestChat(app, token)).toMatchObject({ __typename: 'ForbiddenError' })
    expect(
      await book(app, { token, input: { target: { agentId: ada.id }, startsAt: NINE, person: null } }),
    ).toMatchObject(REFUSED)
  },
)

it('others do', async () => {
  expect(await bookFor('adam@good.example')).toMatchObject({ __typename: 'Meeting' })
  await update({ blocksDisposableEmails: false })
  expect(await bookFor('nobody@mailinator.com', { startsAt: TEN })).toMatchObject({ __typename: 'Meeting' })
})

describe('a blocked address', () => {
  it('holds a slot, but does not book it', async () => {
    const token = await createVisitor(app, acme, { email: EVE })
    const held = await hold(app, { token, input: { target: { agentId: ada.id }, startsAt: NINE } })
    expect(held).toMatchObject({ __typename: 'SlotHold' })
    expect(await book(app, { token, input: { holdId: held.id, person: null } })).toMatchObject(REFUSED)
  })

  it('is blocked also for a verified visitor', async () => {
    const token = await createVisitor(app, acme)
    const identityHash = hashWith(await identitySecretOf(app, acme), EVE)
    await identifyVisitor(app, token, { person: { email: EVE }, identityHash })
    const input = { target: { agentId: ada.id }, startsAt: NINE, person: null }
    expect(await book(app, { token, input })).toMatchObject(REFUSED)
  })

  it('is booked by staff', async () => {
    const input = { target: { agentId: ada.id }, startsAt: NINE, person: { email: EVE } }
    expect(await book(app, { token: admin.token, input })).toMatchObject({ __typename: 'Meeting' })
  })
})

describe('what was booked before', () => {
  const input = { startsAt: NINE, person: null, idempotencyKey: 'before' }
  let token: string
  let meetingId: string

  beforeEach(async () => {
    await update({ blockedEmails: [] })
    token = await createVisitor(app, acme, { email: EVE })
    meetingId = (await book(app, { token, input: { target: { agentId: ada.id }, ...input } })).id
    await update({ blockedEmails: [EVE] })
  })

  it('can be moved and cancelled, and is answered to a retry', async () => {
    const again = await book(app, { token, input: { target: { agentId: ada.id }, ...input } })
    expect(again).toMatchObject({ id: meetingId })
    const change = (mutation: string, more: object) =>
      mutateMeeting(app, { mutation, token, input: { meetingId, ...more } })
    expect(await change('rescheduleMeeting', { startsAt: slotAt(5) })).toMatchObject({
      status: 'RESCHEDULED',
    })
    expect(await change('cancelMeeting', {})).toMatchObject({ status: 'CANCELLED' })
  })

  it('is not followed by another one with its link', async () => {
    await mutateMeeting(app, { mutation: 'cancelMeeting', token, input: { meetingId } })
    const { id } = await database.meeting.findFirstOrThrow({ where: { workspaceId: acme.workspaceId } })
    const link = signMeetingLink(app.app.services.signer, { meetingId: id, address: EVE })
    const next = { target: { agentId: ada.id }, startsAt: TEN, person: null }
    expect(await book(app, { token: link, input: next })).toMatchObject(REFUSED)
  })
})
