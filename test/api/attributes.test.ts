// The registry of attributes (docs/semantics.md, section 10).
import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { data, startApp } from '../kit/app.ts'
import { defineAttributes } from '../kit/attributes.ts'
import { countStatements } from '../kit/count-statements.ts'
import { eventually } from '../kit/eventually.ts'
import { anAgent, aVisitor, useScene } from '../kit/scene.ts'

const FIELDS = 'id name label entity type values builtIn synced usedBy { kind name }'

const { app, acme, admin, ada, visitor, database, mutate } = useScene(
  { ada: anAgent, visitor: aVisitor },
  { start: () => startApp({ jobs: true }) },
)

const save = (input: object, token = admin.token) =>
  mutate({ mutation: 'saveAttribute', input, token, select: `... on Attribute { ${FIELDS} }` })
const remove = (attributeId: string, token = admin.token) =>
  mutate({
    mutation: 'deleteAttribute',
    input: { attributeId },
    token,
    select:
      '... on DeletedAttribute { attributeId query { attributes { id } } } ... on AttributeInUseError { uses { kind name } }',
  })
const list = (token: string, of = '') =>
  app.execute<{ attributes: Record<string, unknown>[] | null }>(`{ attributes${of} { ${FIELDS} } }`, {
    token,
  })
const listAll = async (of = '') => (await data(list(ada.token, of))).attributes ?? []
const named = async (name: string) => (await listAll()).find((attribute) => attribute.name === name)
const plan = { entity: 'PERSON', name: 'plan', type: 'TEXT' }

/** Lets the agent's invitation use what the text names. */
const invite = (body: string, agentId = ada.id) =>
  mutate({ mutation: 'updateInvitation', input: { agentId, body }, token: admin.token, select: '' })

describe('a workspace', () => {
  it('has the built-in attributes from the start', async () => {
    const attributes = await listAll()
    expect(attributes.map(({ entity, name, type }) => `${entity}.${name} ${type}`)).toEqual([
      'PERSON.crmStatus TEXT',
      'PERSON.email EMAIL',
      'PERSON.firstName TEXT',
      'PERSON.jobTitle TEXT',
      'PERSON.lastName TEXT',
      'PERSON.phone PHONE',
      'COMPANY.domain TEXT',
      'COMPANY.name TEXT',
    ])
    expect(attributes[1]).toMatchObject({ label: 'E-mail address', builtIn: true, values: null, usedBy: [] })
  })

  it('lists them with the others, which it shares with no other workspace, to staff', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    await defineAttributes(app, acme, { 'PERSON.plan': 'TEXT', 'COMPANY.employees': 'INTEGER' })
    const names = (attributes: Record<string, unknown>[]) => attributes.map(({ name }) => name)
    expect(names(await listAll()).slice(6)).toEqual(['plan', 'domain', 'name', 'employees'])
    expect(names(await listAll('(entity: COMPANY)'))).toEqual(['domain', 'name', 'employees'])
    expect((await data(list(globex.admin.token))).attributes).toHaveLength(8)
    for (const [token, code] of [
      [visitor.token, 'FORBIDDEN'],
      ['', 'UNAUTHENTICATED'],
    ] as const) {
      expect((await list(token)).errors?.[0]?.extensions?.code).toBe(code)
    }
  })

  it('reads them and what uses them with the same number of statements, however many there are', async () => {
    const few = await countStatements(() => listAll())
    await defineAttributes(app, acme, { 'PERSON.a': 'TEXT', 'PERSON.b': 'TEXT', 'PERSON.c': 'TEXT' })
    await invite('{{lead.a}} {{lead.b}} {{lead.firstName}}')
    expect(await countStatements(() => listAll())).toBeLessThanOrEqual(few + 2)
  })
})

describe('saveAttribute', () => {
  it('defines an attribute, whose label is its name unless it has one', async () => {
    expect(await save(plan)).toEqual({
      __typename: 'Attribute',
      id: expect.any(String),
      ...plan,
      label: 'plan',
      values: null,
      builtIn: false,
      synced: false,
      usedBy: [],
    })
    const size = {
      entity: 'COMPANY',
      name: 'size',
      type: 'PICKLIST',
      label: 'Size',
      values: ['Small', ' Large '],
    }
    expect(await save(size)).toMatchObject({ ...size, values: ['Small', 'Large'] })
    expect(await save({ ...plan, entity: 'COMPANY' })).toMatchObject({ entity: 'COMPANY', name: 'plan' })
  })

  it('changes the label and the picklist, and keeps the rest', async () => {
    const { id: attributeId } = await save({ ...plan, type: 'PICKLIST', values: ['Basic', 'Pro'] })
    expect(await save({ attributeId, label: 'Plan' })).toMatchObject({
      label: 'Plan',
      values: ['Basic', 'Pro'],
    })
    expect(await save({ attributeId, values: ['Pro', 'Max'] })).toMatchObject({
      id: attributeId,
      label: 'Plan',
      values: ['Pro', 'Max'],
    })
    expect(await save({ attributeId, ...plan, type: 'PICKLIST', label: null, values: null })).toMatchObject({
      label: 'Plan',
      values: ['Pro', 'Max'],
    })
  })

  it('has one effect for an idempotency key', async () => {
    const first = await save({ ...plan, idempotencyKey: 'once' })
    expect(await save({ ...plan, idempotencyKey: 'once' })).toEqual(first)
    expect(await save({ ...plan, name: 'other', idempotencyKey: 'once' })).toMatchObject({
      reason: 'KEY_REUSED',
    })
    expect(await save({ ...plan })).toMatchObject({ reason: 'NAME_TAKEN' })
    expect(await listAll('(entity: PERSON)')).toHaveLength(7)
  })

  it.each<[string, object, string, string]>([
    ['nothing', {}, 'entity', 'REQUIRED'],
    ['no type', { entity: 'PERSON', name: 'plan' }, 'type', 'REQUIRED'],
    ['an empty name', { ...plan, name: '' }, 'name', 'INVALID_FORMAT'],
    ['a name of two words', { ...plan, name: 'two words' }, 'name', 'INVALID_FORMAT'],
    ['a name that begins with a digit', { ...plan, name: '1st' }, 'name', 'INVALID_FORMAT'],
    ['a name of 101 letters', { ...plan, name: 'x'.repeat(101) }, 'name', 'INVALID_FORMAT'],
    ['a name that JavaScript uses', { ...plan, name: '__proto__' }, 'name', 'NOT_ALLOWED'],
    ['a label of two lines', { ...plan, label: 'a\nb' }, 'label', 'INVALID_FORMAT'],
    ['a picklist without values', { ...plan, type: 'PICKLIST' }, 'values', 'REQUIRED'],
    ['a picklist that is empty', { ...plan, type: 'PICKLIST', values: [] }, 'values', 'REQUIRED'],
    ['values of a text', { ...plan, values: ['a'] }, 'values', 'NOT_ALLOWED'],
    ['a value twice', { ...plan, type: 'PICKLIST', values: ['a', 'b', 'A'] }, 'values.2', 'DUPLICATE'],
    [
      '201 values',
      { ...plan, type: 'PICKLIST', values: Array.from({ length: 201 }, String) },
      'values',
      'TOO_MANY',
    ],
    ['an empty value', { ...plan, type: 'PICKLIST', values: ['a', ' '] }, 'values.1', 'REQUIRED'],
  ])('refuses %s', async (_what, input, path, code) => {
    const { issues } = await save(input)
    expect(issues[0]).toMatchObject({ path: ['input', ...path.split('.')], code })
    expect(await listAll()).toHaveLength(8)
  })

  it('refuses another entity, name or type for an attribute that exists', async () => {
    const { id: attributeId } = await save(plan)
    const { issues } = await save({ attributeId, entity: 'COMPANY', name: 'other', type: 'NUMBER' })
    expect(issues.map(({ path, code }) => `${path[1]} ${code}`)).toEqual([
      'entity NOT_ALLOWED',
      'name NOT_ALLOWED',
      'type NOT_ALLOWED',
    ])
    expect((await save({ attributeId, values: ['a'] })).issues).toMatchObject([{ code: 'NOT_ALLOWED' }])
  })

  it('refuses the names of built-in attributes and tokens, and changes of built-in attributes', async () => {
    for (const name of ['email', 'name']) {
      expect(await save({ ...plan, name })).toMatchObject({
        __typename: 'ConflictError',
        reason: 'NAME_TAKEN',
      })
    }
    const attributeId = (await named('jobTitle'))?.id
    expect(await save({ attributeId, label: 'Role' })).toMatchObject({ reason: 'BUILT_IN_ATTRIBUTE' })
    expect(await remove(String(attributeId))).toMatchObject({ reason: 'BUILT_IN_ATTRIBUTE' })
  })

  it('refuses more than 500 attributes', async () => {
    const { workspaceId } = acme
    const row = {
      workspaceId,
      entity: 'PERSON',
      type: 'TEXT',
      label: 'x',
      createdAt: app.clock.now(),
    } as const
    await database.attribute.createMany({
      data: Array.from({ length: 499 }, (_, index) => ({ ...row, name: `a${index}` })),
    })
    expect(await save(plan)).toMatchObject({ __typename: 'Attribute' })
    expect((await save({ ...plan, name: 'other' })).issues).toMatchObject([{ code: 'TOO_MANY', limit: 500 }])
  })
})

describe('deleteAttribute', () => {
  const values = async (id: string) => {
    const { attributes, companyAttributes } = await database.person.findUniqueOrThrow({ where: { id } })
    return { attributes, companyAttributes }
  }
  const insertPeople = (attributes: object[], column = 'attributes') =>
    database.person.createManyAndReturn({
      data: attributes.map((each) => {
        return { workspaceId: acme.workspaceId, createdAt: app.clock.now(), [column]: each }
      }),
    })

  it('removes the values of all people, and then frees the name', async () => {
    const { 'PERSON.plan': id } = await defineAttributes(app, acme, { 'PERSON.plan': 'TEXT' })
    const many = Array.from({ length: 1200 }, () => ({ plan: 'Pro', seats: 3 }))
    const people = await insertPeople([...many, { seats: 1 }])
    const [company] = await insertPeople([{ plan: 'Pro' }], 'companyAttributes')
    const answer = await remove(id)
    expect(answer).toMatchObject({ __typename: 'DeletedAttribute', attributeId: id })
    expect((answer.query as { attributes: unknown[] }).attributes).toHaveLength(8)
    await eventually(async () =>
      expect(await save({ ...plan, type: 'NUMBER' })).toHaveProperty('type', 'NUMBER'),
    )
    expect((await values(people[0]!.id)).attributes).toEqual({ seats: 3 })
    expect((await values(people[1199]!.id)).attributes).toEqual({ seats: 3 })
    expect((await values(people[1200]!.id)).attributes).toEqual({ seats: 1 })
    expect((await values(company!.id)).companyAttributes).toEqual({ plan: 'Pro' })
    expect(await database.deletedAttribute.count()).toBe(0)
  })

  it('keeps the name until the values are gone', async () => {
    const { 'COMPANY.plan': id } = await defineAttributes(app, acme, { 'COMPANY.plan': 'TEXT' })
    const [company] = await insertPeople([{ plan: 'Pro' }], 'companyAttributes')
    const [tombstone] = [{ workspaceId: acme.workspaceId, entity: 'PERSON' as const, name: 'plan' }]
    await database.deletedAttribute.create({ data: { ...tombstone, deletedAt: app.clock.now() } })
    expect(await save(plan)).toMatchObject({ reason: 'NAME_TAKEN' })
    await remove(id)
    await eventually(async () => expect((await values(company!.id)).companyAttributes).toEqual({}))
  })

  it('is refused as long as an invitation uses the attribute, and says which', async () => {
    const { 'PERSON.plan': id } = await defineAttributes(app, acme, { 'PERSON.plan': 'TEXT' })
    await invite('Your plan is {{lead.plan:"none"}}.')
    const uses = [{ kind: 'INVITATION', name: 'Ada Lovelace' }]
    expect(await remove(id)).toMatchObject({ __typename: 'AttributeInUseError', uses })
    expect(await named('plan')).toMatchObject({ usedBy: uses })
    await invite('Hello!')
    expect(await named('plan')).toMatchObject({ usedBy: [] })
    expect(await remove(id)).toMatchObject({ __typename: 'DeletedAttribute' })
    expect(await remove(id)).toMatchObject({ __typename: 'NotFoundError', path: ['input', 'attributeId'] })
  })

  it('refuses an attribute of another workspace like one that does not exist', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const { 'PERSON.plan': id } = await defineAttributes(app, globex, { 'PERSON.plan': 'TEXT' })
    const unknown = encodeGlobalID('Attribute', '01970000-0000-7000-8000-000000000000')
    for (const attributeId of [id, unknown, ada.id, 'zzz']) {
      expect(await remove(attributeId)).toMatchObject({ __typename: 'NotFoundError' })
      expect(await save({ attributeId, label: 'x' })).toMatchObject({ __typename: 'NotFoundError' })
    }
    for (const token of [ada.token, visitor.token]) {
      expect(await remove(id, token)).toMatchObject({ __typename: 'ForbiddenError' })
      expect(await save(plan, token)).toMatchObject({ __typename: 'ForbiddenError' })
    }
  })
})
