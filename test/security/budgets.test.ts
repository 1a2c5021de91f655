// What one client, one visitor and one workspace can do in a time, over HTTP with real addresses.
import { beforeEach, describe, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { hashWith, identifyVisitor, identitySecretOf, visitorOf } from '../kit/people.ts'
import { openRawSocket } from '../kit/raw-socket.ts'
import { startSecondNode } from '../kit/server.ts'
import {
  budgets,
  type From,
  fromAddress,
  HALF_A_MINUTE,
  RANGE,
  type Reply,
  SECRET,
  TWO_A_MINUTE,
  useBudgetScene,
} from './budget-scene.ts'

const { scene, startVisit, bookFor, calls, expectTwo } = useBudgetScene()
const { app, acme } = scene

const visitor = () => createVisitor(app, acme)

describe('the budget of a client address', () => {
  it.each(calls)('of %s limits %s, whoever calls, and no other address', async (name, _title, call) => {
    budgets[name].address = TWO_A_MINUTE
    await expectTwo(call, async () => ({ token: await visitor() }))
    expect((await call({ token: await visitor(), address: '198.51.100.2' })).refused).toBeUndefined()
  })

  it('counts the attempts of a request, not the request: a guess by each alias is an attempt', async () => {
    budgets.visits.address = TWO_A_MINUTE
    const publicKey = JSON.stringify(acme.publicKey)
    const guess = (number: number) =>
      `a${number}: startVisit(input: {
        publicKey: ${publicKey}, person: { email: "grace@navy.example" }, identityHash: "${`${number}`.repeat(64)}"
      }) { __typename }`
    const query = `mutation { ${[1, 2, 3, 4].map(guess).join(' ')} }`
    const answer = await fetch(`${app.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...fromAddress('198.51.100.1') },
      body: JSON.stringify({ query }),
    })
    const { data } = await answer.json()
    expect(Object.values(data).map((result) => (result as { __typename: string }).__typename)).toEqual([
      ...['InvalidInputError', 'InvalidInputError', 'QuotaExceededError', 'QuotaExceededError'],
    ])
  })

  it('of visits limits attempts with unknown public keys', async () => {
    budgets.visits.address = TWO_A_MINUTE
    await expectTwo(
      (from) => startVisit(from, { ...acme, publicKey: 'unknown' }),
      () => ({}),
    )
  })

  it('is that of the network of 64 bits in which an IPv6 client may choose any', async () => {
    budgets.visits.address = TWO_A_MINUTE
    let host = 0
    await expectTwo(startVisit, () => ({ address: `2001:db8:1:2::${(++host).toString(16)}` }))
    expect((await startVisit({ address: '2001:db8:1:3::1' })).refused).toBeUndefined()
  })

  it('has a larger one beside it for the IPv6 network of 48 bits', async () => {
    budgets.visits = { address: { limit: 1, windowMs: MINUTE }, network: TWO_A_MINUTE }
    let subnet = 0
    await expectTwo(startVisit, () => ({ address: `2001:db8:1:${(++subnet).toString(16)}::1` }))
    expect((await startVisit({ address: '2001:db8:2::1' })).refused).toBeUndefined()
    expect((await startVisit({ address: '198.51.100.1' })).refused).toBeUndefined()
  })

  it('is the same for an IPv4 address that is written as IPv6', async () => {
    budgets.visits.address = TWO_A_MINUTE
    const spellings = [
      '198.51.100.1',
      '::ffff:198.51.100.1',
      '[::ffff:c633:6401]:4711',
      '198.51.100.1:80',
      '::ffff:c633:6401',
    ]
    await expectTwo(startVisit, () => ({ address: spellings.shift() ?? '' }))
  })
})

describe('the budget of a visitor', () => {
  it.each(calls.slice(1))(
    'of %s limits %s, from any address, and no other visitor',
    async (name, _title, call) => {
      budgets[name].visitor = TWO_A_MINUTE
      const token = await visitor()
      let host = 0
      await expectTwo(call, () => ({ token, address: `198.51.100.${++host}` }))
      expect((await call({ token: await visitor() })).refused).toBeUndefined()
    },
  )

  it('of slotsChanged limits subscriptions over a socket', async () => {
    budgets.slotsChanged.visitor = TWO_A_MINUTE
    const raw = await openRawSocket(app.server.url)
    raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${await visitor()}` } })
    await raw.next()
    const query = `subscription { slotsChanged(${RANGE}) { timeZone } }`
    for (const id of ['1', '2', '3']) {
      raw.send({ type: 'subscribe', id, payload: { query } })
      await raw.received(id, 1)
    }
    expect((await raw.received('2', 1))[0]).toHaveProperty('data')
    expect((await raw.received('3', 1))[0]).toMatchObject({
      errors: [{ extensions: { code: 'QUOTA_EXCEEDED', limit: 2, resetsAt: HALF_A_MINUTE } }],
    })
  })
})

describe('the budget of a recipient', () => {
  it('of bookings limits those for one e-mail address, whoever books', async () => {
    budgets.bookings.recipient = TWO_A_MINUTE
    await expectTwo(bookFor('Grace@example.com'), async () => ({ token: await visitor() }))
    expect((await bookFor('alan@example.com')({ token: await visitor() })).refused).toBeUndefined()
  })
})

describe('strangers who claim an address use up its budget', () => {
  const GRACE = 'grace@example.com'
  const stranger = () => createVisitor(app, acme, { email: GRACE })
  const verified = async () => {
    const token = await visitor()
    const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
    await identifyVisitor(app, token, { person: { email: GRACE }, identityHash })
    return token
  }
  const holderOfLink = async () => {
    const { personId } = await visitorOf(app, await verified())
    const { id } = await scene.database.meeting.findFirstOrThrow({ where: { personId } })
    return signMeetingLink(app.app.services.signer, { meetingId: id, address: GRACE })
  }
  const refusalOf = async (call: (from: From) => Promise<Reply>, token: string) =>
    (await call({ token })).refused?.limit

  it('of bookings, but not for whom the website vouches; who books for somebody else counts too', async () => {
    budgets.bookings.recipient = TWO_A_MINUTE
    const book = bookFor(GRACE)
    for (const limit of [undefined, undefined, 2]) expect(await refusalOf(book, await stranger())).toBe(limit)
    const token = await verified()
    for (let times = 0; times < 3; times++) expect(await refusalOf(book, token)).toBeUndefined()
    for (const limit of [undefined, undefined, 2]) {
      expect(await refusalOf(bookFor('alan@example.com'), await verified())).toBe(limit)
    }
  })

  it('of changes, but not for whom the website vouches, nor for the holder of a link', async () => {
    await bookFor(GRACE)({ token: await stranger() })
    budgets.changes.recipient = TWO_A_MINUTE
    for (const title of ['cancelMeeting', 'rescheduleMeeting']) {
      const change = calls.find(([, known]) => known === title)![2]
      for (const token of [await verified(), await holderOfLink()]) {
        for (let times = 0; times < 3; times++) expect(await refusalOf(change, token)).toBeUndefined()
      }
    }
    const cancel = calls.find(([, known]) => known === 'cancelMeeting')![2]
    for (const limit of [undefined, undefined, 2]) {
      expect(await refusalOf(cancel, await stranger())).toBe(limit)
    }
    expect(await refusalOf(cancel, await holderOfLink())).toBeUndefined()
  })
})

describe('the budget of a workspace', () => {
  beforeEach(() => {
    budgets.visits = { address: { limit: 8, windowMs: MINUTE }, workspace: { limit: 8, windowMs: MINUTE } }
  })

  it('refuses callers above their fair share only, and no other workspace', async () => {
    for (const address of ['198.51.100.1', '198.51.100.2']) {
      for (let times = 0; times < 4; times++) expect((await startVisit({ address })).refused).toBeUndefined()
    }
    const flooding = await startVisit({ address: '198.51.100.1' })
    expect(flooding.refused).toMatchObject({
      limit: 8,
      resetsAt: '2026-03-02T08:00:07.500Z',
      message: 'At most 8 visits by all visitors of a workspace together are accepted within 1 minute.',
    })
    for (let times = 0; times < 2; times++) {
      expect((await startVisit({ address: '198.51.100.3' })).refused).toBeUndefined()
    }
    expect((await startVisit({ address: '198.51.100.3' })).refused).toMatchObject({ limit: 8 })
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    expect((await startVisit({ address: '198.51.100.1' }, globex)).refused).toBeUndefined()
  })

  it('is not used up from origins that it does not allow', async () => {
    budgets.visits.workspace = { limit: 3, windowMs: MINUTE }
    const headers = { origin: 'https://elsewhere.example' }
    for (let host = 1; host <= 5; host++) await startVisit({ address: `198.51.100.${host}`, headers })
    for (let times = 0; times < 3; times++) {
      expect((await startVisit({ address: '198.51.100.9' })).refused).toBeUndefined()
    }
  })

  it('is not used up by the refused calls of one caller', async () => {
    budgets.visits.address = { limit: 1, windowMs: MINUTE }
    for (let times = 0; times < 20; times++) await startVisit({ address: '198.51.100.1' })
    expect(await scene.database.visitor.count({ where: { workspaceId: acme.workspaceId } })).toBe(1)
    const honest = Array.from({ length: 7 }, (_one, index) =>
      startVisit({ address: `198.51.100.${index + 2}` }),
    )
    expect((await Promise.all(honest)).filter(({ refused }) => refused)).toEqual([])
  })
})

describe('budgets', () => {
  it('are not for signed-in staff', async () => {
    for (const [name, , call] of calls.slice(1)) {
      budgets[name] = { address: { limit: 1, windowMs: MINUTE }, visitor: { limit: 1, windowMs: MINUTE } }
      for (let times = 0; times < 3; times++) {
        expect(
          (await call({ token: acme.admin.token }).catch(() => ({ refused: undefined }))).refused,
        ).toBeUndefined()
      }
    }
  })

  it('are shared by all nodes', async () => {
    budgets.visits.address = TWO_A_MINUTE
    const other = await startSecondNode(app, { budgets, network: { backendSecret: SECRET } })
    const urls = [app.server.url, other.server.url]
    await expectTwo(startVisit, () => {
      urls.reverse()
      return { url: urls[0] ?? '' }
    })
  })
})
