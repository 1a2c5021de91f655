// An attribute is deleted while somebody begins to use it, and the other way round: one of the two wins, the other learns why not.
import { decodeGlobalID } from '@pothos/plugin-relay'
import { expect, it } from 'vitest'
import { defining } from '../kit/attributes.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { openSession, waitForBlocked } from '../kit/second-session.ts'

const { app, acme, admin, ada, attributes, database, mutate } = useScene({
  ada: anAgent,
  attributes: defining({ 'PERSON.plan': 'TEXT' }),
})

const remove = () =>
  mutate({
    mutation: 'deleteAttribute',
    input: { attributeId: attributes['PERSON.plan'] },
    token: admin.token,
    select: '... on AttributeInUseError { uses { kind name } }',
  })
const invite = () =>
  mutate({
    mutation: 'updateInvitation',
    input: { body: 'Your plan: {{lead.plan}}' },
    token: ada.token,
    select: '... on InvitationTemplate { body }',
  })
const rowId = () => decodeGlobalID(attributes['PERSON.plan']).id

it('a deletion waits for an invitation that is being saved, and is refused', async () => {
  const session = await openSession(app)
  await session.query('BEGIN')
  await session.query(
    'INSERT INTO "AttributeUse" ("id", "workspaceId", "attributeId", "agentId") VALUES (gen_random_uuid(), $1, $2, $3)',
    [acme.workspaceId, rowId(), ada.agentId],
  )
  const deletion = remove()
  await waitForBlocked(app, 1)
  await session.query('COMMIT')
  expect(await deletion).toMatchObject({
    __typename: 'AttributeInUseError',
    uses: [{ kind: 'INVITATION', name: 'Ada Lovelace' }],
  })
  expect(await database.deletedAttribute.count()).toBe(0)
})

it('an invitation waits for a deletion, and then names the token that is unknown', async () => {
  const session = await openSession(app)
  await session.query('BEGIN')
  await session.query('DELETE FROM "Attribute" WHERE "id" = $1', [rowId()])
  const invitation = invite()
  await waitForBlocked(app, 1)
  await session.query('COMMIT')
  expect(await invitation).toMatchObject({ issues: [{ path: ['input', 'body'], code: 'UNKNOWN' }] })
  expect(await database.invitationTemplate.count()).toBe(0)
})

it('of many that delete and use it at once, those who come first win', async () => {
  const answers = await Promise.all([invite(), remove(), invite(), remove(), invite(), remove()])
  const types = new Set(answers.map(({ __typename }) => __typename))
  const isDeleted = (await database.attribute.count({ where: { id: rowId() } })) === 0
  expect(types.has('DeletedAttribute')).toBe(isDeleted)
  expect(types.has('AttributeInUseError')).toBe(!isDeleted)
  expect(await database.attributeUse.count({ where: { attributeId: rowId() } })).toBe(isDeleted ? 0 : 1)
  expect(app.faults).toEqual([])
})
