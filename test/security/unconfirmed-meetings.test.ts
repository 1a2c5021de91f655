// Nobody can fill calendars, and somebody's mailbox, with meetings in the name of an address that is not theirs.
import { expect, it } from 'vitest'
import { startApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { slotAt } from '../kit/times.ts'

const GRACE = 'grace@navy.example'
const LIMIT = 3
const start = () => startApp({ maxUnconfirmedMeetings: LIMIT })
const { app, acme, admin, ada, database } = useScene({ ada: bookable() }, { start })

/** Of a new visitor, unless one is given. */
const bookSlot = async (
  number: number,
  {
    email = GRACE,
    token,
    agentId = ada.id,
  }: { email?: string | null; token?: string; agentId?: string } = {},
) => {
  const person = email === null ? null : { email }
  const input = { target: { agentId }, startsAt: slotAt(number), person }
  return book(app, { token: token ?? (await createVisitor(app, acme)), input })
}
const bookThree = async () => {
  const booked = [await bookSlot(0), await bookSlot(1), await bookSlot(2)]
  expect(booked.map(({ __typename }) => __typename)).toEqual(['Meeting', 'Meeting', 'Meeting'])
  return booked
}
const REFUSED = { __typename: 'QuotaExceededError' }
const BOOKED = { __typename: 'Meeting' }

it('visitors book three meetings to come with an address that they only claim, all together', async () => {
  await bookThree()
  const { workspaceId } = acme
  const stored = () =>
    Promise.all([
      database.meeting.count({ where: { workspaceId } }),
      database.reservation.count({ where: { workspaceId } }),
      database.routingDecision.count({ where: { workspaceId } }),
    ])
  const before = await stored()
  expect(await bookSlot(3)).toMatchObject({
    ...REFUSED,
    message: 'At most 3 meetings to come are booked with an e-mail address that is not verified.',
  })
  expect(await stored()).toEqual(before)
  expect(await bookSlot(3, { email: 'alan@bletchley.example' })).toMatchObject(BOOKED)
})

it('nobody is told when the meetings of the address are over', async () => {
  await bookThree()
  const { data } = await app.execute<{ bookMeeting: object }>(
    `mutation ($input: BookMeetingInput!) {
      bookMeeting(input: $input) { ... on QuotaExceededError { limit resetsAt } }
    }`,
    {
      token: await createVisitor(app, acme, { email: GRACE }),
      variables: {
        input: { slot: { free: { target: { agentId: ada.id }, startsAt: slotAt(3) } }, timeZone: 'UTC' },
      },
    },
  )
  expect(data?.bookMeeting).toEqual({ limit: LIMIT, resetsAt: null })
})

it('cancelled and past meetings leave room', async () => {
  const [first] = await bookThree()
  await mutateMeeting(app, {
    mutation: 'cancelMeeting',
    token: admin.token,
    input: { meetingId: first!.id },
  })
  expect(await bookSlot(3)).toMatchObject(BOOKED)
  expect(await bookSlot(4)).toMatchObject(REFUSED)
  app.clock.set(slotAt(2))
  expect(await bookSlot(4)).toMatchObject(BOOKED)
})

it('verified visitors and staff book for the address all the same, and take no room', async () => {
  const token = await createVisitor(app, acme)
  const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
  await identifyVisitor(app, token, { person: { email: GRACE }, identityHash })
  expect(await bookSlot(10, { token })).toMatchObject(BOOKED)
  expect(await bookSlot(11, { token: admin.token })).toMatchObject(BOOKED)
  await bookThree()
  expect(await bookSlot(3)).toMatchObject(REFUSED)
  expect(await bookSlot(3, { token })).toMatchObject(BOOKED)
  expect(await bookSlot(4, { token, email: null })).toMatchObject(BOOKED)
  expect(await bookSlot(5, { token: admin.token })).toMatchObject(BOOKED)
})

it('visitors cannot pass the number by booking with several agents at the same time', async () => {
  const agents = [ada]
  for (const name of ['Beth', 'Cleo', 'Dora', 'Emma', 'Fay']) {
    agents.push(await createBookableAgent(app, acme, { name }))
  }
  const visitors = await Promise.all(
    agents.map((_, index) => createVisitor(app, acme, index % 2 === 0 ? { email: GRACE } : undefined)),
  )
  const attempts = agents.map(({ id: agentId }, index) =>
    bookSlot(index, { token: visitors[index]!, agentId, email: index % 2 === 0 ? null : GRACE }),
  )
  const results = (await Promise.all(attempts)).map(({ __typename }) => __typename)
  expect(results.filter((type) => type === 'Meeting')).toHaveLength(LIMIT)
  expect(results.filter((type) => type === 'QuotaExceededError')).toHaveLength(LIMIT)
})
