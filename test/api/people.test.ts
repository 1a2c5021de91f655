import { beforeEach, describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { afterTransaction } from '../kit/after-transaction.ts'
import { data } from '../kit/app.ts'
import { defining } from '../kit/attributes.ts'
import { book, createVisitor } from '../kit/booking.ts'
import {
  createConversation,
  hashWith,
  identifyVisitor,
  identitySecretOf,
  personIdOf,
  personOf,
  visitorOf,
} from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

const GRACE = 'grace@navy.example'
const ADA = 'ada@engines.example'

const { app, acme, admin, alan, visitor, database, mutate } = useScene({
  alan: bookable(),
  visitor: aVisitor,
  attributes: defining({ 'PERSON.rank': 'INTEGER', 'COMPANY.ships': 'INTEGER' }),
})
let personId: string

beforeEach(async () => {
  personId = await personIdOf(app, visitor.token)
})

const FIELDS =
  'id known email firstName lastName jobTitle phone crmStatus attributes company { name domain attributes }'
const update = (input: object, token = admin.token) =>
  mutate({
    mutation: 'updatePerson',
    input: { personId, person: {}, ...input },
    token,
    select: `... on Person { ${FIELDS} }`,
  })
const permit = (permissions: string[]) => database.$executeRaw`
  UPDATE "Role" SET "permissions" = ${permissions}::text[]::"Permission"[]
  WHERE "workspaceId" = ${acme.workspaceId}::uuid AND "name" = 'Agent'`

describe('updatePerson', () => {
  it('changes what is given and keeps the rest', async () => {
    const person = {
      email: 'Grace@Navy.example',
      firstName: 'Grace',
      lastName: 'Hopper',
      jobTitle: 'Admiral',
      phone: '+1 202',
      attributes: { rank: 1 },
      company: { name: 'Navy', domain: 'navy.example', attributes: { ships: 2 } },
    }
    const updated = await update({ person, crmStatus: 'Customer' })
    expect(updated).toEqual({
      __typename: 'Person',
      id: personId,
      known: true,
      crmStatus: 'Customer',
      ...person,
      email: GRACE,
    })
    const nothing = { email: null, firstName: null, company: { name: null }, attributes: null }
    expect(await update({ person: nothing, crmStatus: null })).toEqual(updated)
    expect(await update({ person: { firstName: 'Amazing' } })).toEqual({ ...updated, firstName: 'Amazing' })
    // The visitor has said nothing of this.
    expect(await personOf(app, visitor.token)).toMatchObject({ email: null, firstName: null })
  })

  it('gives an anonymous or a known person an e-mail that no other person has', async () => {
    expect(await update({ person: { email: GRACE } })).toMatchObject({ id: personId, known: true })
    expect(await update({ person: { email: ADA } })).toMatchObject({ id: personId, email: ADA })
    const again = await createVisitor(app, acme, { email: ADA })
    expect(await personIdOf(app, again)).toBe(personId)
  })

  it('refuses an e-mail that another person of the workspace has, and changes nothing', async () => {
    await createVisitor(app, acme, { email: GRACE })
    const refusal = await update({ person: { email: 'GRACE@navy.example', firstName: 'Eve' } })
    expect(refusal).toMatchObject({ __typename: 'ConflictError', reason: 'ADDRESS_TAKEN' })
    expect(await personOf(app, visitor.token)).toMatchObject({ known: false, firstName: null })
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    await createVisitor(app, globex, { email: ADA })
    expect(await update({ person: { email: ADA } })).toMatchObject({ email: ADA })
  })

  it('accepts one of several concurrent calls with the same e-mail', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => createVisitor(app, acme)))
    const ids = await Promise.all(tokens.map((token) => personIdOf(app, token)))
    const answers = await Promise.all(ids.map((id) => update({ personId: id, person: { email: GRACE } })))
    const kinds = answers.map(({ __typename }) => __typename).sort()
    expect(kinds).toEqual([...Array(9).fill('ConflictError'), 'Person'])
  })

  it('ends the verification of browsers when the e-mail changes, and only then', async () => {
    const secret = await identitySecretOf(app, acme)
    const input = { person: { email: GRACE }, identityHash: hashWith(secret, GRACE) }
    personId = (await identifyVisitor(app, visitor.token, input)).id
    await update({ person: { email: GRACE, firstName: 'Grace' } })
    expect((await visitorOf(app, visitor.token)).verified).toBe(true)
    await update({ person: { email: ADA } })
    expect((await visitorOf(app, visitor.token)).verified).toBe(false)
    const adas = await createVisitor(app, acme, { email: ADA })
    await book(app, {
      token: adas,
      input: { target: { agentId: alan.id }, startsAt: NINE, person: { email: ADA } },
    })
    const query = '{ meetings { nodes { id } } }'
    expect(await data(app.execute(query, { token: visitor.token }))).toEqual({ meetings: { nodes: [] } })
  })

  it('runs concurrently with visitors of the person who identify themselves', async () => {
    const emails = Array.from({ length: 10 }, (_, number) => `visitor${number}@example.com`)
    const calls = emails.flatMap((email, number) => [
      update({ person: { email: `staff${number}@example.com` } }),
      identifyVisitor(app, visitor.token, { person: { email } }),
    ])
    const kinds = new Set((await Promise.all(calls)).map(({ __typename }) => __typename))
    expect([...kinds].filter((kind) => !['Person', 'NotFoundError'].includes(kind))).toEqual([])
    expect(emails).toContain((await personOf(app, visitor.token)).email)
    expect(app.faults).toEqual([])
  })

  it.each(['updatePerson', 'identifyVisitor'])(
    'answers an anonymous person as it was saved, also when it joins a known one at the same moment (%s)',
    async (mutation) => {
      const { token } = visitor
      const [input, caller] =
        mutation === 'updatePerson'
          ? [{ personId, person: { firstName: 'Grace' } }, admin.token]
          : [{ person: { firstName: 'Grace' } }, token]
      await createConversation(app, { token })
      afterTransaction(app, () => identifyVisitor(app, token, { person: { email: GRACE } }))
      const select = '... on Person { id firstName conversations { nodes { id } } }'
      const id = mutation === 'updatePerson' ? personId : (await personOf(app, token)).id
      expect(await mutate({ mutation, input, token: caller, select })).toMatchObject({
        id,
        firstName: 'Grace',
        conversations: { nodes: [{}] },
      })
      expect(await personIdOf(app, token)).not.toBe(personId)
    },
  )

  it('is allowed to an agent who is chatting with the person', async () => {
    const input = { crmStatus: 'Lead' }
    expect(await update(input, alan.token)).toMatchObject({ permission: 'VIEW_ALL_CONVERSATIONS' })
    const other = await createTestAgent(app, acme, 'Beth Moore')
    await createConversation(app, { token: visitor.token, agentId: other.agentId })
    expect((await update(input, alan.token)).__typename).toBe('ForbiddenError')
    expect(await update(input, other.token)).toMatchObject({ crmStatus: 'Lead' })
  })

  it('is refused to an agent whose chat with the person is over', async () => {
    await createConversation(app, { token: visitor.token, agentId: alan.agentId, ended: true })
    expect((await update({ crmStatus: 'Lead' }, alan.token)).__typename).toBe('ForbiddenError')
  })

  it('needs VIEW_MY_CONVERSATIONS for the viewer’s own chats, or VIEW_ALL_CONVERSATIONS', async () => {
    const input = { crmStatus: 'Lead' }
    await createConversation(app, { token: visitor.token, agentId: alan.agentId })
    await permit(['MANAGE_ALL_MEETINGS'])
    expect(await update(input, alan.token)).toMatchObject({ permission: 'VIEW_MY_CONVERSATIONS' })
    await permit(['VIEW_ALL_CONVERSATIONS'])
    expect((await update(input, alan.token)).__typename).toBe('Person')
    for (const token of [visitor.token, await createVisitor(app, acme)]) {
      expect((await update(input, token)).__typename).toBe('ForbiddenError')
    }
  })

  it('does not find a person of another workspace', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const foreign = await personIdOf(app, await createVisitor(app, globex))
    for (const id of [foreign, 'zzz', alan.id]) {
      expect((await update({ personId: id, crmStatus: 'Lead' })).__typename).toBe('NotFoundError')
    }
  })

  it.each([
    [{ person: { email: 'nobody' } }, ['person', 'email']],
    [{ crmStatus: ' ' }, ['crmStatus']],
    [{ crmStatus: 'a'.repeat(101) }, ['crmStatus']],
  ])('names the field of %j', async (input, path) => {
    expect(await update(input)).toMatchObject({ issues: [{ path: ['input', ...path] }] })
  })
})
