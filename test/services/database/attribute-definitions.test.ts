// The migration that makes definitions of the attributes that people have.
import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client/client.ts'
import { BUILT_IN_ATTRIBUTES } from '../../../src/services/attributes/built-in.ts'
import { createTestWorkspace } from '../../kit/actors.ts'
import { anAgent, useScene } from '../../kit/scene.ts'

const MIGRATION = 'prisma/migrations/20261208001000_attribute_definitions/migration.sql'

const { app, acme, ada, database } = useScene({ ada: anAgent })

/** As the migration finds it. */
beforeEach(() => database.attribute.deleteMany())

async function migrate() {
  const statements = (await readFile(MIGRATION, 'utf8')).split(';')
  for (const statement of statements) {
    if (statement.trim() === '' || /(CREATE|ALTER) TABLE/.test(statement)) continue
    await database.$executeRawUnsafe(statement)
  }
}

const insertPerson = (person: Partial<Prisma.PersonUncheckedCreateInput>) =>
  database.person.create({
    data: { workspaceId: acme.workspaceId, createdAt: app.clock.now(), ...person },
    select: { id: true },
  })

const attributesOf = async ({ id }: { id: string }) => {
  const { attributes, companyAttributes } = await database.person.findUniqueOrThrow({ where: { id } })
  return { attributes, companyAttributes }
}

const definitions = async (workspaceId = acme.workspaceId) => {
  const rows = await database.attribute.findMany({ where: { workspaceId, builtIn: false } })
  return Object.fromEntries(rows.map(({ entity, name, type }) => [`${entity}.${name}`, type]))
}

it('gives every workspace the built-in attributes, as a new one has them', async () => {
  const globex = await createTestWorkspace(app, { name: 'Globex' })
  const read = (workspaceId: string) =>
    database.attribute.findMany({
      where: { workspaceId },
      select: { entity: true, name: true, label: true, type: true, values: true, builtIn: true },
      orderBy: [{ entity: 'asc' }, { name: 'asc' }],
    })
  const made = await read(globex.workspaceId)
  expect(made).toHaveLength(BUILT_IN_ATTRIBUTES.length)
  await database.attribute.deleteMany()
  await migrate()
  expect(await read(globex.workspaceId)).toEqual(made)
  expect(await read(acme.workspaceId)).toEqual(made)
})

describe('the attributes of people', () => {
  it('become definitions of the type that all values have', async () => {
    await insertPerson({
      attributes: { plan: 'Pro', seats: 3, score: 2, vip: true, since: '2026-01-01' },
      companyAttributes: { industry: 'Navy' },
    })
    const second = await insertPerson({ attributes: { seats: -1, score: 0.5, vip: false, large: 1e17 } })
    const before = await attributesOf(second)
    await migrate()
    expect(await definitions()).toEqual({
      'PERSON.plan': 'TEXT',
      'PERSON.seats': 'INTEGER',
      'PERSON.score': 'NUMBER',
      'PERSON.vip': 'BOOLEAN',
      'PERSON.since': 'TEXT',
      'PERSON.large': 'NUMBER',
      'COMPANY.industry': 'TEXT',
    })
    expect(await attributesOf(second)).toEqual(before)
  })

  it('of several types, lists and objects become texts', async () => {
    const nested = { list: ['a', 1], object: { key: 'value' } }
    const first = await insertPerson({ attributes: { mixed: 12.5, flag: true, ...nested } })
    const second = await insertPerson({ attributes: { mixed: 'a dozen', flag: 0, list: 'none' } })
    await migrate()
    expect(await definitions()).toEqual({
      'PERSON.mixed': 'TEXT',
      'PERSON.flag': 'TEXT',
      'PERSON.list': 'TEXT',
      'PERSON.object': 'TEXT',
    })
    expect((await attributesOf(first)).attributes).toEqual({
      mixed: '12.5',
      flag: 'true',
      list: '["a", 1]',
      object: '{"key": "value"}',
    })
    expect((await attributesOf(second)).attributes).toEqual({ mixed: 'a dozen', flag: '0', list: 'none' })
  })

  it('without a value are none', async () => {
    const person = await insertPerson({
      attributes: { nothing: null, empty: '', blank: ' ', plan: 'Pro' },
      companyAttributes: { nothing: null },
    })
    await migrate()
    expect(await definitions()).toEqual({ 'PERSON.plan': 'TEXT' })
    expect(await attributesOf(person)).toEqual({ attributes: { plan: 'Pro' }, companyAttributes: {} })
  })

  it('get another name where a definition cannot have theirs', async () => {
    const long = 'x'.repeat(9000)
    const person = await insertPerson({
      attributes: { email: 'b@example.com', name: 'G', '': 1, [long]: 2, 'two words': 3 },
      companyAttributes: { domain: 'x', email: 'c@example.com' },
    })
    await migrate()
    const { attributes, companyAttributes } = await attributesOf(person)
    const [short] = Object.keys(attributes as object).filter((name) => name.startsWith('xxx'))
    expect(short).toMatch(/^x{60}_[0-9a-f]{8}$/)
    expect(attributes).toMatchObject({
      email_0c83f57c: 'b@example.com',
      name: 'G',
      'two words': 3,
      [short!]: 2,
    })
    expect(Object.values(attributes as object)).toHaveLength(5)
    expect(companyAttributes).toEqual({ domain_ad5f82e8: 'x', email: 'c@example.com' })
    const named = await database.attribute.findMany({
      where: { workspaceId: acme.workspaceId, builtIn: false },
      select: { name: true, label: true },
    })
    expect(named).toContainEqual({ name: 'email_0c83f57c', label: 'email' })
    expect(named).toContainEqual({ name: short, label: long.slice(0, 100) })
    expect(named).toHaveLength(7)
  })

  it('are those of their own workspace, at most 500 of it: those that most people have', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    await database.attribute.deleteMany()
    await insertPerson({ workspaceId: globex.workspaceId, attributes: { theirs: 1 } })
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`a${index}`, index]))
    const person = await insertPerson({ attributes: many })
    await insertPerson({ attributes: { frequent: 'yes', a599: 1 } })
    await insertPerson({ companyAttributes: { frequent: true }, attributes: { frequent: 'no' } })
    await migrate()
    expect(await definitions(globex.workspaceId)).toEqual({ 'PERSON.theirs': 'INTEGER' })
    const ours = await definitions()
    expect(Object.keys(ours)).toHaveLength(500)
    expect(ours).toMatchObject({ 'PERSON.frequent': 'TEXT', 'PERSON.a599': 'INTEGER' })
    expect((await attributesOf(person)).attributes).toEqual(many)
  })
})

it('notes which attributes the invitations use', async () => {
  await insertPerson({ attributes: { shoeSize: 38, plan: 'Pro', x: 1 }, companyAttributes: { plan: 'Pro' } })
  const removed = await anAgent(app, acme, 'Rita')
  const template = {
    workspaceId: acme.workspaceId,
    body: '{{company.plan:"none"}} {{ lead . firstName }} lead.x',
  }
  await database.invitationTemplate.createMany({
    data: [
      { ...template, agentId: ada.agentId, subject: '{{lead.shoeSize}} {{lead.firstName}}' },
      { ...template, agentId: removed.agentId },
    ],
  })
  await database.agent.update({ where: { id: removed.agentId }, data: { removedAt: app.clock.now() } })
  await migrate()
  const uses = await database.attributeUse.findMany({ include: { attribute: true } })
  expect(uses.map(({ agentId }) => agentId)).toEqual([ada.agentId, ada.agentId, ada.agentId])
  expect(uses.map(({ attribute: { entity, name } }) => `${entity}.${name}`).sort()).toEqual([
    'COMPANY.plan',
    'PERSON.firstName',
    'PERSON.shoeSize',
  ])
})
