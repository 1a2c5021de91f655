// Nodes stop, are replaced or stand still, or the database is away, while chats wait and run. Everybody who comes back
// finds everything as it was. OUTAGE_CHATS and OUTAGE_SECONDS make the outages larger and longer.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { acceptChat, requestChat, say } from '../kit/chat.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import { freePort } from '../kit/free-port.ts'
import { toggle } from '../kit/live-chat-status.ts'
import { mutate } from '../kit/mutate.ts'
import { startProxy, type Proxy as TcpProxy } from '../kit/proxy.ts'
import { randomFrom } from '../kit/random.ts'
import { ReturningClient } from '../kit/returning-client.ts'
import {
  killServerProcesses,
  type ServerProcess,
  startServerProcess,
  startVisits,
  tokenOf,
  waitUntilSignedIn,
} from '../kit/server-process.ts'

const CHATS = Number(process.env.OUTAGE_CHATS ?? 4)
const OUTAGE_MS = 1000 * Number(process.env.OUTAGE_SECONDS ?? 7)
const DEADLINE_MS = 180_000 + OUTAGE_MS
/** Longer than the test takes. */
const OFFER_SECONDS = 300
const BACK = { timeout: 60_000, interval: 100 }

interface Talk {
  id: string
  visitor: string
  client: ReturningClient<{ message?: { text: string } }>
  /** The texts that its visitor was told of. */
  texts: string[]
}

let cleanUp: (() => Promise<void>) | undefined
const clients: ReturningClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) await client.leave()
  await killServerProcesses()
  await cleanUp?.()
})

interface Nodes {
  nodes: ServerProcess[]
  /** Starts a node again that has stopped, at its address. */
  restart(number: number): Promise<ServerProcess>
}

/** Nodes with ports of their own, so that clients find them again. */
async function startNodes(count: number, environment: Record<string, string>): Promise<Nodes> {
  const ports: number[] = []
  for (let number = 0; number < count; number++) ports.push(await freePort())
  const start = (port: number) => startServerProcess({ ...environment, PORT: `${port}` })
  const nodes: ServerProcess[] = []
  for (const port of ports) nodes.push(await start(port))
  return { nodes, restart: (number) => start(ports[number] as number) }
}

/** Two nodes that reach their database by a proxy. */
async function startTwoNodes(): Promise<Nodes & { proxy: TcpProxy }> {
  const database = await createPostgresDatabase()
  cleanUp = database.drop
  const address = new URL(database.url)
  const proxy = await startProxy(`http://${address.host}`)
  address.host = new URL(proxy.url).host
  return { proxy, ...(await startNodes(2, { DATABASE_URL: address.href })) }
}

/** An agent with chats that wait and chats that run, all with live connections. */
async function startTalks(node: ServerProcess, urls: string[]) {
  const demo = await node.readDemo()
  const admin = tokenOf(demo, 'ADMINISTRATOR')
  const agent = tokenOf(demo, 'AGENT')
  const agentId = demo.identities.find(({ token }) => token === agent)?.agentId
  const random = randomFrom(1)
  const connect = (
    options: Pick<ConstructorParameters<typeof ReturningClient>[0], 'field' | 'token'> & object,
  ) => {
    const client = new ReturningClient<{ message?: { text: string } }>({
      selection: '... on MessageSent { message { text } }',
      // The next attempt tries another node, as behind a load balancer.
      node: () => urls[random(urls.length)] as string,
      random,
      onEvent: () => {},
      ...options,
    })
    clients.push(client as ReturningClient)
    return client
  }
  await mutate(node, {
    mutation: 'updateWorkspace',
    input: { liveChatSettings: { chatsPerAgent: 2 * CHATS, offerTimeoutSeconds: OFFER_SECONDS } },
    token: admin,
    select: '',
  })
  const console = connect({ field: 'agentEvents', token: agent })
  await waitUntilSignedIn(node, agent)
  await toggle(node, { token: agent, available: true })
  const visitors = await startVisits(node, 2 * CHATS)
  const talks: Talk[] = []
  for (const visitor of visitors) {
    const { id } = await requestChat(node, visitor, { target: { agentId } })
    const texts: string[] = []
    const onEvent = ({ message }: { message?: { text: string } }) => {
      if (message) texts.push(message.text)
    }
    const client = connect({
      field: 'conversationEvents',
      token: visitor,
      conversationId: id,
      onEvent,
    } as never)
    talks.push({ id, visitor, client, texts })
  }
  const everybodyIsBack = () =>
    vi.waitFor(() => {
      for (const client of [console, ...talks.map((talk) => talk.client)])
        expect(client.isCaughtUp).toBe(true)
    }, BACK)
  await everybodyIsBack()
  const read = async (by: ServerProcess, id: string) => {
    const query = 'query ($id: ID!) { node(id: $id) { ... on Conversation { state offers { id state } } } }'
    const { data } = await by.execute<{ node: { state: string; offers: { id: string; state: string }[] } }>(
      query,
      {
        variables: { id },
        token: admin,
      },
    )
    return data?.node
  }
  const offerOf = async (by: ServerProcess, id: string) => (await read(by, id))?.offers.at(-1)?.id as string
  for (const { id } of talks.slice(0, CHATS)) await acceptChat(node, agent, await offerOf(node, id))
  return { talks, agent, read, offerOf, everybodyIsBack }
}

type Talks = Awaited<ReturnType<typeof startTalks>>

/** Everybody comes back, and every chat is as it was. */
async function expectUnchanged(
  node: ServerProcess,
  { talks, agent, read, everybodyIsBack }: Talks,
): Promise<void> {
  await everybodyIsBack()
  await waitUntilSignedIn(node, agent)
  const states = await Promise.all(talks.map(async ({ id }) => (await read(node, id))?.state))
  expect(states).toEqual(talks.map((_talk, number) => (number < CHATS ? 'ACTIVE' : 'OFFERED')))
}

/** Every chat goes on: the waiting ones are accepted, and a message reaches each visitor. */
async function expectToGoOn(node: ServerProcess, { talks, agent, offerOf }: Talks): Promise<void> {
  for (const { id } of talks.slice(CHATS)) {
    expect((await acceptChat(node, agent, await offerOf(node, id))).state).toBe('ACTIVE')
  }
  for (const { id } of talks) await say(node, agent, { conversationId: id, text: `for ${id}` })
  await vi.waitFor(() => {
    for (const { id, texts } of talks) expect(texts).toContain(`for ${id}`)
  }, BACK)
  expect(clients.flatMap(({ problems }) => problems)).toEqual([])
}

it(
  'a single node that is stopped and started again loses no chat',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-outages-'))
    cleanUp = () => rm(folder, { recursive: true, force: true })
    const { nodes, restart } = await startNodes(1, { DATA_DIR: folder })
    const node = nodes[0] as ServerProcess
    const talks = await startTalks(node, [node.url])
    await node.stop()
    await delay(OUTAGE_MS)
    const restarted = await restart(0)
    await expectUnchanged(restarted, talks)
    await expectToGoOn(restarted, talks)
  },
  DEADLINE_MS,
)

it(
  'two nodes lose no chat when their database is away, one stands still, and they are replaced one after the other',
  async () => {
    const { nodes, proxy, restart } = await startTwoNodes()
    const [one, other] = nodes as [ServerProcess, ServerProcess]
    const talks = await startTalks(one, [one.url, other.url])
    proxy.close()
    await delay(OUTAGE_MS)
    proxy.open()
    await expectUnchanged(one, talks)
    other.freeze()
    await delay(2 * OUTAGE_MS)
    other.thaw()
    await expectUnchanged(one, talks)
    await one.stop()
    const replaced = await restart(0)
    await other.stop()
    await restart(1)
    await expectUnchanged(replaced, talks)
    await expectToGoOn(replaced, talks)
  },
  DEADLINE_MS,
)
