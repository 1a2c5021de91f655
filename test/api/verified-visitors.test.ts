import { createHmac, randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { hashWith, identifyVisitor, identitySecretOf, personOf, visitorOf } from '../kit/people.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const GRACE = 'grace@navy.example'
const ADA = 'ada@engines.example'
const IDENTITY_HASH = ['input', 'identityHash']

const { app, acme, alan, database, mutate } = useScene({ alan: bookable() })
let secret: string

beforeEach(async () => {
  secret = await identitySecretOf(app, acme)
})

const identify = (token: string, input: object) => identifyVisitor(app, token, input)
const startVisit = (input: object) =>
  mutate({
    mutation: 'startVisit',
    input: { publicKey: acme.publicKey, ...input },
    select: '... on Visit { token person { email } }',
  })
const isVerified = async (token: string) => (await visitorOf(app, token)).verified
const bookAt = (token: string, startsAt: string) =>
  book(app, { token, input: { target: { agentId: alan.id }, startsAt, person: { email: GRACE } } })
interface Meetings {
  meetings: { nodes: { id: string }[] }
  viewer: Meetings
}
/** By the list, and as the person's. */
async function meetingsOf(token: string): Promise<string[]> {
  const query = '{ meetings { nodes { id } } viewer { ... on Person { meetings { nodes { id } } } } }'
  const { meetings, viewer } = await data<Meetings>(app.execute(query, { token }))
  expect(viewer.meetings).toEqual(meetings)
  return meetings.nodes.map(({ id }) => id)
}

/** A visitor with an e-mail that the website's server has confirmed. */
async function createVerified(email: string): Promise<string> {
  const token = await createVisitor(app, acme)
  await identify(token, { person: { email }, identityHash: hashWith(secret, email) })
  expect(await isVerified(token)).toBe(true)
  return token
}

describe('a correct hash', () => {
  it('verifies the visitor, by startVisit and by identifyVisitor', async () => {
    const identityHash = hashWith(secret, GRACE)
    const visit = await startVisit({ person: { email: GRACE }, identityHash })
    expect(visit).toMatchObject({ __typename: 'Visit', person: { email: GRACE } })
    expect(await isVerified(String(visit.token))).toBe(true)
    const token = await createVisitor(app, acme, { email: GRACE })
    expect(await isVerified(token)).toBe(false)
    expect(await identify(token, { person: { email: GRACE }, identityHash })).toMatchObject({ email: GRACE })
    expect(await isVerified(token)).toBe(true)
  })

  it('is that of the e-mail in lower case, and may itself be in upper case', async () => {
    const token = await createVisitor(app, acme)
    const identityHash = hashWith(secret, GRACE).toUpperCase()
    await identify(token, { person: { email: 'Grace@NAVY.example' }, identityHash })
    expect(await isVerified(token)).toBe(true)
  })
})

describe('a hash', () => {
  /** By what is wrong with it. */
  const WRONG: Record<string, () => Promise<{ person: object; identityHash: string }>> = {
    'of another e-mail': async () => ({ person: { email: GRACE }, identityHash: hashWith(secret, ADA) }),
    'with the secret of another workspace': async () => {
      const globex = await createTestWorkspace(app, { name: 'Globex' })
      const foreign = await identitySecretOf(app, globex)
      return { person: { email: GRACE }, identityHash: hashWith(foreign, GRACE) }
    },
    'with the public key': async () => ({
      person: { email: GRACE },
      identityHash: createHmac('sha256', acme.publicKey).update(GRACE).digest('hex'),
    }),
    'that was guessed': async () => ({
      person: { email: GRACE },
      identityHash: randomBytes(32).toString('hex'),
    }),
    'that is truncated': async () => ({
      person: { email: GRACE },
      identityHash: hashWith(secret, GRACE).slice(0, 62),
    }),
    'with characters appended': async () => ({
      person: { email: GRACE },
      identityHash: `${hashWith(secret, GRACE)}zz`,
    }),
    'that is empty': async () => ({ person: { email: GRACE }, identityHash: '' }),
    'without an e-mail': async () => ({ person: {}, identityHash: hashWith(secret, '') }),
    'of the known e-mail, without an e-mail': async () => ({
      person: { firstName: 'Eve' },
      identityHash: hashWith(secret, ADA),
    }),
  }

  it.each(Object.keys(WRONG))('%s is refused by identifyVisitor and changes nothing', async (name) => {
    const token = await createVisitor(app, acme, { email: ADA })
    const before = [await visitorOf(app, token), await personOf(app, token)]
    expect(await identify(token, (await WRONG[name]?.()) ?? {})).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: IDENTITY_HASH }],
    })
    expect([await visitorOf(app, token), await personOf(app, token)]).toEqual(before)
    const { workspaceId } = acme
    expect(await database.person.count({ where: { workspaceId } })).toBe(1)
  })

  it.each(Object.keys(WRONG))('%s is refused by startVisit, which gives no token', async (name) => {
    const refusal = await startVisit((await WRONG[name]?.()) ?? {})
    expect(refusal).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: IDENTITY_HASH }] })
    const { workspaceId } = acme
    expect(await database.person.count({ where: { workspaceId } })).toBe(0)
    expect(await database.visitor.count({ where: { workspaceId } })).toBe(0)
  })

  it('is refused for a visitor of another workspace', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const token = await createVisitor(app, globex)
    const input = { person: { email: GRACE }, identityHash: hashWith(secret, GRACE) }
    expect(await identify(token, input)).toMatchObject({ issues: [{ path: IDENTITY_HASH }] })
    expect(await isVerified(token)).toBe(false)
  })
})

describe('a verified visitor', () => {
  it('sees, reads by id and changes what the person booked in other browsers', async () => {
    const other = await createVisitor(app, acme, { email: GRACE })
    const meeting = await bookAt(other, NINE)
    const token = await createVerified(GRACE)
    const own = await bookAt(token, TEN)
    expect(await meetingsOf(token)).toEqual([meeting.id, own.id])
    const node = 'query ($id: ID!) { node(id: $id) { id } }'
    expect((await app.execute(node, { token, variables: { id: meeting.id } })).data).toEqual({
      node: { id: meeting.id },
    })
    const cancelled = await mutateMeeting(app, {
      mutation: 'cancelMeeting',
      token,
      input: { meetingId: meeting.id },
    })
    expect(cancelled).toMatchObject({ id: meeting.id, status: 'CANCELLED' })
    // The other browser is not verified by this.
    expect(await meetingsOf(other)).toEqual([meeting.id])
  })

  it('sees the meetings in the answer of identifyVisitor itself', async () => {
    const meeting = await bookAt(await createVisitor(app, acme, { email: GRACE }), NINE)
    const token = await createVisitor(app, acme)
    const { meetings } = await mutate({
      mutation: 'identifyVisitor',
      token,
      input: { person: { email: GRACE }, identityHash: hashWith(secret, GRACE) },
      select: '... on Person { meetings { nodes { id } } }',
    })
    expect(meetings).toEqual({ nodes: [{ id: meeting.id }] })
  })

  it('sees nothing of other people, and of the person only what visitors may', async () => {
    const adas = await createVisitor(app, acme, { email: ADA })
    const input = { target: { agentId: alan.id }, startsAt: NINE, person: { email: ADA } }
    await book(app, { token: adas, input })
    const token = await createVerified(GRACE)
    expect(await meetingsOf(token)).toEqual([])
    const { errors } = await app.execute('{ viewer { ... on Person { email phone crmStatus } } }', { token })
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN', 'FORBIDDEN'])
  })

  it('stays verified while the person is the same', async () => {
    const token = await createVerified(GRACE)
    await identify(token, { person: { firstName: 'Grace' } })
    await identify(token, { person: { email: GRACE } })
    await bookAt(token, NINE)
    expect(await isVerified(token)).toBe(true)
  })

  it.each([
    ['another person', true],
    ['a new person', false],
  ])('is no longer verified after moving to %s without a hash', async (_whom, isKnown) => {
    if (isKnown) await bookAt(await createVisitor(app, acme, { email: ADA }), TEN)
    const other = await createVisitor(app, acme, { email: GRACE })
    await bookAt(other, NINE)
    const token = await createVerified(GRACE)
    await identify(token, { person: { email: ADA } })
    expect(await isVerified(token)).toBe(false)
    expect(await meetingsOf(token)).toEqual([])
    // It is not verified for its former person either.
    await identify(token, { person: { email: GRACE } })
    expect(await meetingsOf(token)).toEqual([])
  })

  it('is no longer verified after booking as another person', async () => {
    const token = await createVerified(ADA)
    await bookAt(token, NINE)
    expect((await personOf(app, token)).email).toBe(GRACE)
    expect(await isVerified(token)).toBe(false)
  })

  it('is verified for the other person after moving with a hash', async () => {
    const meeting = await bookAt(await createVisitor(app, acme, { email: GRACE }), NINE)
    const token = await createVerified(ADA)
    await identify(token, { person: { email: GRACE }, identityHash: hashWith(secret, GRACE) })
    expect(await meetingsOf(token)).toEqual([meeting.id])
  })
})

it('a visitor is never verified as one person by the hash of another, whatever the order of concurrent calls', async () => {
  const person = { email: GRACE }
  const identityHash = hashWith(secret, GRACE)
  for (let round = 0; round < 10; round++) {
    const token = await createVisitor(app, acme, person)
    await Promise.all([
      identify(token, { person, identityHash }),
      identify(token, { person: { email: ADA } }),
    ])
    const { email } = await personOf(app, token)
    expect({ email, verified: await isVerified(token) }).toEqual({ email, verified: email === GRACE })
  }
})

it('a visitor who gives an e-mail without a hash sees nothing of what other browsers did', async () => {
  const meeting = await bookAt(await createVisitor(app, acme, { email: GRACE }), NINE)
  const token = await createVisitor(app, acme, { email: GRACE })
  expect(await meetingsOf(token)).toEqual([])
  const refusal = await mutateMeeting(app, {
    mutation: 'cancelMeeting',
    token,
    input: { meetingId: meeting.id },
  })
  expect(refusal.__typename).toBe('NotFoundError')
})
