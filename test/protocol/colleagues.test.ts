// Agents with the same permissions share the execution of an event, and never what is one agent's own.
import { expect, it } from 'vitest'
import type { Staff } from '../kit/actors.ts'
import { book } from '../kit/booking.ts'
import { recordStatements } from '../kit/count-statements.ts'
import { anAgent, aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'
import { slotAt } from '../kit/times.ts'

const { app, admin, ada, grace, beth, cleo, visitor, mutate } = useScene(
  { ada: bookable(), grace: bookable(), beth: anAgent, cleo: anAgent, visitor: aVisitor },
  { start: startOnPort },
)

const open = async (viewers: Staff[], selection: string, after?: string): Promise<Subscription[]> => {
  const query = `subscription ($after: EventCursor) {
    workspaceEvents(after: $after) { __typename ... on Event { cursor } ${selection} }
  }`
  const opened = viewers.map(({ token }) =>
    subscribe(createSocketClient(app.server.url, token), { query, variables: { after } }),
  )
  await Promise.all(opened.map((one) => one.waitFor(1)))
  return opened
}
const asAdmin = (mutation: string, input: object) =>
  mutate({ mutation, input, token: admin.token, select: '' })
/** What each subscriber gets next. */
const next = async (subscriptions: Subscription[], change: () => Promise<unknown>) => {
  const counts = subscriptions.map(({ events }) => events().length)
  await change()
  return Promise.all(
    subscriptions.map(async (one, index) =>
      (await one.waitFor((counts[index] ?? 0) + 1)).at(counts[index] ?? 0),
    ),
  )
}
const change = ({ id }: Staff) => asAdmin('updateAgent', { agentId: id, name: 'Another Name' })

it('is executed once for agents who see the same', async () => {
  const selection = '... on TeamChanged { agents { name } }'
  const statementsFor = async (subscriptions: Subscription[], name: string) => {
    let events: unknown[] = []
    const statements = await recordStatements(async () => {
      events = await next(subscriptions, () => asAdmin('saveTeam', { name, agentIds: [ada.id] }))
    })
    expect(events).toMatchObject(subscriptions.map(() => ({ agents: [{ name: 'Ada Lovelace' }] })))
    return statements.filter((sql) => /^SELECT.*FROM "public"\."Agent".*ORDER BY/s.test(sql)).length
  }
  const one = await open([ada], selection)
  const forOne = await statementsFor(one, 'Europe')
  expect(forOne).toBeGreaterThan(0)
  const all = [...one, ...(await open([grace, beth, cleo], selection))]
  expect(await statementsFor(all, 'Asia')).toBe(forOne)
  const cursors = all.map(({ events }) => events().at(-1)?.cursor)
  expect(new Set(cursors).size).toBe(all.length)
})

it('shows each agent its own meetings only, also when it catches up', async () => {
  for (const [index, { id }] of [ada, grace].entries()) {
    await book(app, { token: visitor.token, input: { target: { agentId: id }, startsAt: slotAt(index) } })
  }
  const selection = '... on AgentChanged { agent { id meetings { nodes { agent { id } } } } }'
  const viewers = [grace, ada, beth]
  const subscriptions = await open(viewers, selection)
  const meetingsOf = ({ id }: Staff, owner: Staff) => {
    const isShown = id === owner.id && owner !== beth
    return { agent: { id: owner.id, meetings: { nodes: isShown ? [{ agent: { id } }] : [] } } }
  }
  for (const owner of [ada, grace, beth]) {
    const events = await next(subscriptions, () => change(owner))
    expect(events).toMatchObject(viewers.map((viewer) => meetingsOf(viewer, owner)))
  }
  const again = await Promise.all(
    viewers.map(async (viewer, index) => {
      const after = subscriptions[index]?.events()[0]?.cursor
      const [subscription] = await open([viewer], selection, after)
      return (await subscription?.waitFor(3))?.slice(0, 3)
    }),
  )
  expect(again).toMatchObject(
    viewers.map((viewer) => [ada, grace, beth].map((owner) => meetingsOf(viewer, owner))),
  )
})

it('is not shared between agents with different permissions', async () => {
  const selection = '... on WorkspaceChanged { workspace { name identitySecret } }'
  const subscriptions = await open([beth, admin], selection)
  const events = await next(subscriptions, () => asAdmin('updateWorkspace', { name: 'Another Name' }))
  expect(events).toMatchObject([
    { workspace: { name: 'Another Name', identitySecret: null } },
    { workspace: { identitySecret: expect.any(String) } },
  ])
})

it('has own answers again for an agent whose roles have changed', async () => {
  const selection = '... on AgentChanged { agent { name } } ... on ResetRequired { reason }'
  const subscriptions = await open([beth, cleo], selection)
  await asAdmin('updateAgent', { agentId: beth.id, roleIds: [] })
  const [ofBeth, ofCleo] = subscriptions
  expect((await ofBeth?.waitFor(3))?.slice(1)).toMatchObject([
    { __typename: 'AgentChanged' },
    { __typename: 'ResetRequired', reason: 'ACCESS_CHANGED' },
  ])
  expect(await ofCleo?.waitFor(2)).toHaveLength(2)
})
