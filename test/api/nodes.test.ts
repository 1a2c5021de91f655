import { encodeGlobalID } from '@pothos/plugin-relay'
import { beforeAll, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { countStatements } from '../kit/count-statements.ts'
import { useScene } from '../kit/scene.ts'

const NODES =
  'query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Agent { name } ... on Role { name } } }'

const { app, acme, admin, stranger } = useScene(
  {
    stranger: async (app) =>
      createTestAgent(app, await createTestWorkspace(app, { name: 'Globex' }), 'Hank Scorpio'),
  },
  { once: true },
)
const agents: Staff[] = []

beforeAll(async () => {
  for (let number = 0; number < 8; number++) agents.push(await createTestAgent(app, acme, `Agent ${number}`))
})

const roleId = () => encodeGlobalID('Role', acme.roleIds.get('Agent') ?? '')

async function read(ids: string[], token = admin.token) {
  const answer = await data(
    app.execute<{ nodes: ({ id: string } | null)[] }>(NODES, { variables: { ids }, token }),
  )
  return answer.nodes
}

it('answers nodes in the order of the requested ids, also when one is repeated', async () => {
  const ids = [agents[1]?.id ?? '', roleId(), agents[0]?.id ?? '', agents[1]?.id ?? '']
  expect(await read(ids)).toEqual([
    { __typename: 'Agent', id: ids[0], name: 'Agent 1' },
    { __typename: 'Role', id: ids[1], name: 'Agent' },
    { __typename: 'Agent', id: ids[2], name: 'Agent 0' },
    { __typename: 'Agent', id: ids[3], name: 'Agent 1' },
  ])
})

it('answers null for every id that names nothing, and still answers the others', async () => {
  const good = agents[0]?.id ?? ''
  const bad = [
    'zzz',
    '',
    '💣',
    encodeGlobalID('Nope', agents[0]?.agentId ?? ''),
    encodeGlobalID('constructor', agents[0]?.agentId ?? ''),
    encodeGlobalID('Role', agents[0]?.agentId ?? ''),
    encodeGlobalID('Meeting', '01970000-0000-7000-8000-000000000000'),
    encodeGlobalID('Agent', '1'),
    stranger.id,
    encodeGlobalID('Workspace', stranger.agentId),
  ]
  for (const id of bad) {
    expect([id, ...(await read([good, id, good]))]).toEqual([
      id,
      expect.objectContaining({ id: good }),
      null,
      expect.objectContaining({ id: good }),
    ])
  }
  expect(await read(bad)).toEqual(bad.map(() => null))
  expect(app.faults).toEqual([])
})

it('answers null to a visitor for what only the staff may read', async () => {
  const token = await createVisitor(app, acme)
  const ids = [roleId(), agents[0]?.id ?? '', roleId()]
  expect(await read(ids, token)).toEqual([null, expect.objectContaining({ id: ids[1] }), null])
})

it('reads with the same number of statements, however many nodes of a type are asked for', async () => {
  const ids = agents.map(({ id }) => id)
  const few = await countStatements(() => read([...ids.slice(0, 1), roleId()]))
  const many = await countStatements(() => read([...ids, roleId(), ...ids, encodeGlobalID('Agent', '1')]))
  expect(many).toBe(few)
})
