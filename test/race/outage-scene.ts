// Agents with chats that wait and chats that run, on an installation that an outage hits: what everybody knows is to be
// what the API says, and as it was.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, type TestContext, vi } from 'vitest'
import { acceptChat, readChat, requestChat, say } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { toggle } from '../kit/live-chat-status.ts'
import { mutate } from '../kit/mutate.ts'
import { randomFrom } from '../kit/random.ts'
import type { Pauses } from '../kit/returning-client.ts'
import { type ServerProcess, startVisits, tokenOf, waitUntilSignedIn } from '../kit/server-process.ts'
import { ChatClient, type ChatClientOptions, type KnownChat } from './outage-clients.ts'
import type { Installation } from './outage-nodes.ts'

/** The most that an agent can have. */
const CHATS_PER_AGENT = 10
/** All visitors of the test come from this machine, and leave the last seat to others. */
const MOST_FROM_ONE_ADDRESS = CHATS_PER_AGENT - 1

export interface OutageSettings {
  /** So many chats wait, and so many run. */
  chats: number
  pauses?: Pauses
  liveChatSettings: { offerTimeoutSeconds: number; idleTimeoutMinutes: number }
  /** How long everybody is watched after coming back. */
  watchMs: number
}

interface Agent {
  token: string
  console: ChatClient
}

interface Talk {
  id: string
  /** Whether it has been accepted. */
  isRunning: boolean
  agent: Agent
  token: string
  visitor: ChatClient
  /** What was sent in it, in any order. */
  sent: string[]
}

export interface OutageScene {
  settings: OutageSettings
  nodes: ServerProcess[]
  admin: string
  agents: Agent[]
  talks: Talk[]
  clients: ChatClient[]
}

type Connect = (options: Pick<ChatClientOptions, 'field' | 'token' | 'conversationId'>) => ChatClient

export async function startScene(
  { nodes }: Installation,
  settings: OutageSettings,
  onFinished: TestContext['onTestFinished'],
): Promise<OutageScene> {
  const demo = await nodeOf(nodes, 0).readDemo()
  const scene: OutageScene = {
    ...{ settings, nodes, admin: tokenOf(demo, 'ADMINISTRATOR'), agents: [], talks: [], clients: [] },
  }
  onFinished(async () => {
    for (const client of scene.clients) await client.leave()
  })
  const connect = connectTo(scene)
  const liveChatSettings = { chatsPerAgent: CHATS_PER_AGENT, ...settings.liveChatSettings }
  const changed = { mutation: 'updateWorkspace', input: { liveChatSettings }, token: scene.admin, select: '' }
  expect(await mutate(nodeOf(nodes, 0), changed)).toMatchObject({ __typename: 'Workspace' })
  const identities = demo.identities.filter(({ role }) => role === 'AGENT')
  const staff = identities.slice(0, Math.ceil((2 * settings.chats) / MOST_FROM_ONE_ADDRESS))
  for (const { token } of staff) {
    scene.agents.push({ token, console: connect({ field: 'agentEvents', token }) })
    await waitUntilSignedIn(nodeOf(nodes, 0), token)
    await toggle(nodeOf(nodes, 0), { token, available: true })
  }
  const visitors = await startVisits(nodeOf(nodes, 0), 2 * settings.chats)
  for (const [number, token] of visitors.entries()) {
    const place = number % staff.length
    const target = { agentId: staff[place]?.agentId }
    const { id, state } = await requestChat(nodeOf(nodes, number), token, { target })
    const visitor = connect({ field: 'conversationEvents', token, conversationId: id })
    visitor.chats.set(id, { state, texts: [], offers: [] })
    const agent = scene.agents[place] as Agent
    scene.talks.push({ id, token, visitor, agent, isRunning: false, sent: [] })
  }
  await everybodyIsBack(scene)
  for (const [number, talk] of scene.talks.slice(0, settings.chats).entries())
    await accept(scene, talk, number)
  await expectUnchanged(scene)
  return scene
}

/** Clients that try any node at each attempt, as behind a load balancer. */
function connectTo({ nodes, settings: { pauses }, clients }: OutageScene): Connect {
  const random = randomFrom(1)
  return (options) => {
    const node = () => nodeOf(nodes, random(nodes.length)).url
    const client = new ChatClient({ ...options, node, random, ...(pauses ? { pauses } : {}) })
    clients.push(client)
    return client
  }
}

const nodeOf = (nodes: ServerProcess[], number: number) => nodes[number % nodes.length] as ServerProcess

const everybodyIsBack = ({ clients }: OutageScene) =>
  eventually(() => expect(clients.filter(({ isCaughtUp }) => !isCaughtUp)).toHaveLength(0))

async function accept(scene: OutageScene, talk: Talk, number: number): Promise<void> {
  const node = nodeOf(scene.nodes, number)
  const { offers } = await readTalk(scene, talk)
  expect(await acceptChat(node, talk.agent.token, offers.at(-1)?.id ?? '')).toMatchObject({ state: 'ACTIVE' })
  talk.isRunning = true
}

/** Reads a chat as the API has it, on one node or the other. */
async function readTalk({ nodes, admin, talks }: OutageScene, talk: Talk): Promise<KnownChat> {
  const fields = 'offers { id state expiresAt }'
  const node = nodeOf(nodes, talks.indexOf(talk))
  const { state, offers, messages } = (await readChat(node, admin, talk.id, fields)) ?? {}
  const texts = messages?.nodes.map(({ text }) => text) ?? []
  return { state, texts, offers: (offers ?? []) as unknown as KnownChat['offers'] }
}

/** Both sides of each running chat send something, and try until it is answered. */
export async function sendFromAll({ nodes, talks }: OutageScene, what: string): Promise<void> {
  const running = talks.filter(({ isRunning }) => isRunning)
  const senders = running.flatMap((talk) => [
    { talk, token: talk.token, text: `${what}, the visitor` },
    { talk, token: talk.agent.token, text: `${what}, the agent` },
  ])
  const send = async ({ talk, token, text }: (typeof senders)[number], number: number) => {
    talk.sent.push(text)
    let attempts = number
    await vi.waitFor(async () => {
      const message = { conversationId: talk.id, text, clientKey: text }
      const result = await say(nodeOf(nodes, attempts++), token, message)
      expect(result).toMatchObject({ __typename: 'Message' })
    }, SENT)
  }
  await Promise.all(senders.map(send))
}

/** Longer than any outage. */
const SENT = { timeout: 240_000, interval: 500 }

/** Everybody comes back, every chat is as it was, and every client knows what the API says.
 * @param title of the figures that are printed; none are when omitted */
export async function expectUnchanged(scene: OutageScene, title?: string): Promise<void> {
  await everybodyIsBack(scene)
  for (const { token } of scene.agents) await waitUntilSignedIn(nodeOf(scene.nodes, 0), token)
  if (title) await delay(scene.settings.watchMs)
  const { talks } = scene
  let states: KnownChat[] = []
  const compare = async () => {
    states = await Promise.all(talks.map((talk) => readTalk(scene, talk)))
    for (const [number, talk] of talks.entries()) {
      const state = states[number] as KnownChat
      expect(talk.agent.console.chats.get(talk.id)).toEqual(state)
      expect(talk.visitor.chats.get(talk.id)).toEqual({ ...state, offers: [] })
    }
  }
  const difference = await eventually(compare).then(
    () => null,
    (error: unknown) => error,
  )
  const figures = count(scene, states)
  if (title) console.log(JSON.stringify({ title, ...figures }), difference ?? '')
  expect(figures).toMatchObject({ lost: 0, revoked: 0, missing: 0, problems: [] })
  if (difference) throw difference
}

function count({ talks, clients }: OutageScene, states: KnownChat[]) {
  const isLost = ({ isRunning }: Talk, state: KnownChat) => state.state !== (isRunning ? 'ACTIVE' : 'OFFERED')
  const isRevoked = ({ isRunning }: Talk, { offers }: KnownChat) =>
    offers.length !== 1 || offers[0]?.state !== (isRunning ? 'ACCEPTED' : 'PENDING')
  const missing = ({ sent, visitor, agent, id }: Talk, { texts }: KnownChat) => {
    const copies = [texts, visitor.chats.get(id)?.texts, agent.console.chats.get(id)?.texts]
    return sent.filter((text) => !copies.every((copy) => copy?.includes(text))).length
  }
  const all = talks.map((talk, number) => [talk, states[number] as KnownChat] as const)
  return {
    waiting: talks.filter(({ isRunning }) => !isRunning).length,
    running: talks.filter(({ isRunning }) => isRunning).length,
    lost: all.filter((each) => isLost(...each)).length,
    revoked: all.filter((each) => isRevoked(...each)).length,
    messages: talks.flatMap(({ sent }) => sent).length,
    missing: all.reduce((sum, each) => sum + missing(...each), 0),
    connections: clients.reduce((sum, client) => sum + client.connections, 0),
    problems: clients.flatMap(({ problems }) => problems),
  }
}

/** The waiting chats are accepted, and both sides of every chat send something. */
export async function expectToGoOn(scene: OutageScene): Promise<void> {
  const waiting = scene.talks.filter(({ isRunning }) => !isRunning)
  for (const [number, talk] of waiting.entries()) await accept(scene, talk, number)
  await sendFromAll(scene, 'Afterwards')
  await expectUnchanged(scene)
}
