// Whether somebody vouches for the visitor of a chat or a meeting, and what the visitor claims.
import { beforeEach, describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { chat, readChat, startActiveChat } from '../kit/chat.ts'
import { hashWith, identifyVisitor, identitySecretOf, personIdOf } from '../kit/people.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const GRACE = 'grace@navy.example'
const ADA = 'ada@engines.example'
const NOTHING_CLAIMED = {
  email: null,
  firstName: null,
  lastName: null,
  jobTitle: null,
  phone: null,
  company: null,
  attributes: {},
}
const IDENTITY =
  'verified claimed { email firstName lastName jobTitle phone company { name domain attributes } attributes }'

const { app, acme, admin, ada, alan, visitor, mutate } = useScene({
  ada: forChat,
  alan: bookable(),
  visitor: aVisitor,
})
let secret: string

beforeEach(async () => {
  secret = await identitySecretOf(app, acme)
})

const identify = (person: object, isVouchedFor = false) =>
  identifyVisitor(app, visitor.token, {
    person,
    ...(isVouchedFor ? { identityHash: hashWith(secret, (person as { email: string }).email) } : {}),
  })
const begin = () => startActiveChat(app, acme, { agent: ada, visitor })
const end = (conversationId: string) =>
  chat(app, { mutation: 'endChat', token: ada.token, input: { conversationId } })
const identityOf = async (conversationId: string) => {
  const found = await readChat(app, ada.token, conversationId, IDENTITY)
  return { verified: found?.verified, claimed: found?.claimed }
}

describe('a chat', () => {
  it('has what its visitor said before and in it, for staff', async () => {
    await identify({ firstName: 'Grace' })
    const id = await begin()
    expect(await identityOf(id)).toEqual({
      verified: false,
      claimed: { ...NOTHING_CLAIMED, firstName: 'Grace' },
    })
    await identify({ email: GRACE, company: { name: 'Navy' }, phone: '+1 555 0100' })
    const claimed = {
      ...NOTHING_CLAIMED,
      firstName: 'Grace',
      email: GRACE,
      company: { name: 'Navy', domain: null, attributes: {} },
      phone: '+1 555 0100',
    }
    expect(await identityOf(id)).toEqual({ verified: false, claimed })
    const { errors } = await app.execute(
      `query ($id: ID!) { node(id: $id) { ... on Conversation { ${IDENTITY} } } }`,
      { variables: { id }, token: visitor.token },
    )
    expect(errors).toMatchObject([{ path: ['node', 'claimed'], extensions: { code: 'FORBIDDEN' } }])
  })

  it('claims nothing of a visitor who has said nothing', async () => {
    expect(await identityOf(await begin())).toEqual({ verified: false, claimed: null })
  })

  it('keeps the claim when staff corrects the person', async () => {
    await identify({ email: GRACE, firstName: 'Grase' })
    const id = await begin()
    const personId = await personIdOf(app, visitor.token)
    const input = { personId, person: { firstName: 'Grace' } }
    await mutate({ mutation: 'updatePerson', token: ada.token, input, select: '' })
    const found = await readChat(app, ada.token, id, `${IDENTITY} person { firstName }`)
    expect(found).toMatchObject({ person: { firstName: 'Grace' }, claimed: { firstName: 'Grase' } })
  })

  it('begins anew with another e-mail address', async () => {
    await identify({ email: GRACE, firstName: 'Grace', phone: '+1 555 0100' })
    await identify({ email: ADA, firstName: 'Ada' })
    expect(await identityOf(await begin())).toMatchObject({
      claimed: { ...NOTHING_CLAIMED, email: ADA, firstName: 'Ada' },
    })
  })

  it('is verified as soon as the website vouches for its visitor, and claims nothing then', async () => {
    await identify({ email: GRACE })
    const id = await begin()
    await identify({ email: GRACE }, true)
    const vouchedFor = { verified: true, claimed: null }
    expect(await identityOf(id)).toEqual(vouchedFor)
    await identify({ firstName: 'Grace' })
    expect(await identityOf(id)).toEqual(vouchedFor)
    await end(id)
    const next = await begin()
    expect(await identityOf(next)).toEqual(vouchedFor)
  })

  it('is verified from anonymous on, with the chats that were anonymous before', async () => {
    const past = await begin()
    await end(past)
    const id = await begin()
    await identify({ email: GRACE }, true)
    for (const each of [past, id]) {
      expect(await identityOf(each)).toEqual({ verified: true, claimed: null })
    }
  })

  it('stays as it was once it is over', async () => {
    await identify({ email: GRACE }, true)
    const id = await begin()
    await end(id)
    await identify({ email: ADA })
    expect(await identityOf(id)).toEqual({ verified: true, claimed: null })
    expect(await identityOf(await begin())).toMatchObject({ verified: false, claimed: { email: ADA } })
  })

  it.each([
    [
      'staff changes the e-mail address',
      async () => {
        const personId = await personIdOf(app, visitor.token)
        return { mutation: 'updatePerson', input: { personId, person: { email: ADA } } }
      },
    ],
    ['the secret is replaced', async () => ({ mutation: 'replaceIdentitySecret', input: {} })],
  ])('is no longer verified when %s, unless it is over', async (_what, change) => {
    await identify({ email: GRACE }, true)
    const past = await begin()
    await end(past)
    const id = await begin()
    await mutate({ ...(await change()), token: admin.token, select: '' })
    expect(await identityOf(id)).toEqual({ verified: false, claimed: null })
    expect(await identityOf(past)).toMatchObject({ verified: true })
  })
})

describe('a meeting', () => {
  const verifiedAt = async (token: string, input: object) => {
    const { id } = await book(app, { token, input: { target: { agentId: alan.id }, ...input } })
    const query = 'query ($id: ID!) { node(id: $id) { ... on Meeting { verified } } }'
    const { node } = await data<{ node: object }>(
      app.execute(query, { variables: { id }, token: admin.token }),
    )
    return node
  }
  const person = { email: GRACE }

  it('is verified if the website had vouched for the visitor who booked', async () => {
    expect(await verifiedAt(visitor.token, { startsAt: NINE, person })).toEqual({ verified: false })
    await identify(person, true)
    expect(await verifiedAt(visitor.token, { startsAt: TEN })).toEqual({ verified: true })
  })

  it('is verified if an agent books it in the chat of such a visitor, and not otherwise', async () => {
    await identify(person, true)
    const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
    await chat(app, { mutation: 'takeOverChat', token: admin.token, input: { conversationId } })
    expect(await verifiedAt(admin.token, { startsAt: NINE, conversationId })).toEqual({ verified: true })
    expect(await verifiedAt(admin.token, { startsAt: TEN, person })).toEqual({ verified: false })
  })
})
