// Random operations on live chats. Each one chooses its viewer and its chat from knowledge that is often out of date,
// because other workers act at the same time. The use case must answer with one of its documented outcomes.
import { randomUUID } from 'node:crypto'
import type { App } from '../../src/app.ts'
import { AppError, ConflictError, type ErrorCode } from '../../src/errors.ts'
import { createAgent } from '../../src/services/agents/create-agent.ts'
import { removeAgent } from '../../src/services/agents/remove-agent.ts'
import { setAvailabilityToggle } from '../../src/services/chat/availability/set-availability-toggle.ts'
import { endChat } from '../../src/services/chat/conversation/end-chat.ts'
import { sendMessage } from '../../src/services/chat/conversation/send-message.ts'
import { acceptChat } from '../../src/services/chat/offers/accept-chat.ts'
import { declineChat } from '../../src/services/chat/offers/decline-chat.ts'
import { takeOverChat } from '../../src/services/chat/offers/take-over-chat.ts'
import { transferChat } from '../../src/services/chat/offers/transfer-chat.ts'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import type { AgentViewer } from '../../src/services/identity/viewer.ts'
import { saveTeam } from '../../src/services/teams/save-team.ts'
import { anyAgent, forget, MOST_KNOWN, type Outcome, one, type Step } from './chat-knowledge.ts'
import { contextOf, leaseConsole, openAroundTheClock } from './chat-scene.ts'
import { identify, update, visit } from './person-operations.ts'

const SECOND_MS = 1000
const FEWEST_AGENTS = 4
const MOST_AGENTS = 8
interface Operation {
  /** The frequency, relative to the other operations. */
  weight: number
  run(step: Step): Outcome | Promise<void>
  /** The expected errors. */
  refusals: ErrorCode[]
}

/** @returns the operation and its outcome
 * @throws Error for an unexpected error */
export async function act(step: Step): Promise<string> {
  const [name, { run, refusals }] = one(LOTS, step)!
  try {
    return `${name} ${(await run(step)) ?? 'DONE'}`
  } catch (error) {
    const isExpected = error instanceof AppError && refusals.includes(error.code)
    if (!isExpected) throw new Error(`${name} failed.`, { cause: error })
    return `${name} ${error.code}`
  }
}

const OPERATIONS: Record<string, Operation> = {
  request: { weight: 16, run: request, refusals: ['NOT_FOUND'] },
  accept: { weight: 18, run: accept, refusals: ['NOT_FOUND', 'OFFER_NO_LONGER_OPEN'] },
  decline: { weight: 8, run: decline, refusals: ['NOT_FOUND', 'OFFER_NO_LONGER_OPEN'] },
  send: { weight: 20, run: send, refusals: ['NOT_FOUND', 'CONFLICT', 'FORBIDDEN'] },
  end: { weight: 8, run: end, refusals: ['NOT_FOUND', 'FORBIDDEN'] },
  transfer: {
    weight: 8,
    run: transfer,
    refusals: ['NOT_FOUND', 'CONFLICT', 'FORBIDDEN', 'NO_AGENT_AVAILABLE'],
  },
  takeOver: { weight: 3, run: takeOver, refusals: ['NOT_FOUND', 'CONFLICT'] },
  visit: { weight: 2, run: visit, refusals: [] },
  identify: { weight: 5, run: identify, refusals: ['INVALID_INPUT'] },
  update: { weight: 4, run: update, refusals: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT'] },
  toggle: { weight: 6, run: toggle, refusals: ['NOT_FOUND'] },
  signIn: { weight: 5, run: signIn, refusals: [] },
  signOut: { weight: 3, run: signOut, refusals: [] },
  wait: { weight: 6, run: wait, refusals: [] },
  remove: { weight: 1, run: remove, refusals: ['NOT_FOUND'] },
  add: { weight: 1, run: add, refusals: [] },
  regroup: { weight: 1, run: regroup, refusals: ['NOT_FOUND'] },
}

/** Every run must contain each of them. */
export const CHAT_KINDS = Object.keys(OPERATIONS)

/** Contains each operation as often as its weight. */
const LOTS = Object.entries(OPERATIONS).flatMap((entry) =>
  Array.from({ length: entry[1].weight }, () => entry),
)

/** Calls one node, or sometimes both at once, like a client that retries.
 * @returns the answer, which must be the same from both */
async function onceOrTwice<Answer extends { id: string }>(
  step: Step,
  call: (node: App) => Promise<Answer>,
): Promise<Answer> {
  const nodes = step.random(4) === 0 ? [step.node, step.other] : [step.node]
  const answers = await Promise.allSettled(nodes.map(call))
  const values = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  if (values.some(({ id }) => id !== values[0]?.id)) throw new Error('One key had two effects.')
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
  return values[0]!
}

async function request(step: Step): Outcome {
  const { scene, known, random } = step
  const visitor = one(scene.visitors, step)!
  const targets = [
    { roundRobin: true },
    { teamId: one(known.teamIds, step) },
    { agentId: anyAgent(step).agentId },
  ]
  const input = {
    target: one([undefined, ...targets], step),
    text: random(2) ? 'Hello?' : undefined,
    idempotencyKey: randomUUID(),
  }
  const { id, state } = await onceOrTwice(step, (node) => requestLiveChat(contextOf(node, visitor), input))
  const isKnown = known.chats.some((chat) => chat.id === id)
  if (!isKnown) known.chats = [...known.chats, { id, visitor, agent: null }].slice(-MOST_KNOWN)
  return isKnown ? 'REPEATED' : state
}

/** Chooses a pending offer, or an earlier one. */
async function chooseOffer(step: Step): Promise<{ id: string; chatId: string; agent: AgentViewer } | null> {
  const { node, known, random } = step
  const isOld = random(6) === 0
  let offer = isOld ? one(known.offers, step) : undefined
  if (!isOld) {
    const found = await node.services.database.chatOffer.findFirst({
      where: { workspaceId: step.scene.workspaceId, state: 'PENDING' },
      orderBy: { id: random(2) ? 'asc' : 'desc' },
      skip: random(3),
    })
    if (found) {
      const { id, agentId, conversationId: chatId } = found
      offer = { id, agentId, chatId }
      known.offers = [...known.offers, offer].slice(-MOST_KNOWN)
    }
  }
  const agent = known.everybody.get(offer?.agentId ?? '')
  return offer && agent ? { ...offer, agent } : null
}

async function accept(step: Step): Outcome {
  const offer = await chooseOffer(step)
  if (offer === null) return 'NOTHING'
  const agent = step.random(20) === 0 ? anyAgent(step) : offer.agent
  const input = { offerId: offer.id, idempotencyKey: step.random(2) ? randomUUID() : null }
  if (input.idempotencyKey === null && step.random(3) === 0) await acceptByTwo(step, agent, input)
  else await onceOrTwice(step, (node) => acceptChat(contextOf(node, agent), input))
  const chat = step.known.chats.find(({ id }) => id === offer.chatId)
  if (chat) chat.agent = agent
}

/** Without an idempotency key, the second call must be refused. */
async function acceptByTwo(
  step: Step,
  agent: AgentViewer,
  input: Parameters<typeof acceptChat>[1],
): Promise<void> {
  const both = await Promise.allSettled(
    [step.node, step.other].map((node) => acceptChat(contextOf(node, agent), input)),
  )
  const refused = both.filter((answer) => answer.status === 'rejected')
  if (refused.length === 0) throw new Error('An offer was accepted twice.')
  if (refused.length === 2) throw refused[0]!.reason
}

async function decline(step: Step): Outcome {
  const offer = await chooseOffer(step)
  if (offer === null) return 'NOTHING'
  await declineChat(contextOf(step.node, offer.agent), offer.id)
}

async function send(step: Step): Outcome {
  const chat = one(step.known.chats, step)
  if (chat === undefined) return 'NOTHING'
  const sender = step.random(2) ? (chat.agent ?? one([chat.visitor, anyAgent(step)], step)!) : chat.visitor
  const input = { conversationId: chat.id, text: 'And then?', clientKey: randomUUID() }
  try {
    await onceOrTwice(step, (node) => sendMessage(contextOf(node, sender), input))
  } catch (error) {
    if (error instanceof ConflictError && step.random(2)) forget(step, chat)
    throw error
  }
}

async function end(step: Step): Outcome {
  const chat = one(step.known.chats, step)
  if (chat === undefined) return 'NOTHING'
  const viewer = one([chat.visitor, chat.agent ?? anyAgent(step), step.scene.admin], step)!
  await endChat(contextOf(step.node, viewer), chat.id)
  if (step.random(4)) forget(step, chat)
}

async function transfer(step: Step): Outcome {
  const chat = one(
    step.known.chats.filter(({ agent }) => agent !== null),
    step,
  )
  if (!chat?.agent) return 'NOTHING'
  const teamId = one(step.known.teamIds, step)
  const receiver = step.random(2) ? { agentId: anyAgent(step).agentId } : { teamId }
  const input = { conversationId: chat.id, receiver, idempotencyKey: randomUUID() }
  await onceOrTwice(step, (node) => transferChat(contextOf(node, chat.agent!), input))
}

/** Any agent is a supervisor for once. */
async function takeOver(step: Step): Outcome {
  const chat = one(step.known.chats, step)
  if (chat === undefined) return 'NOTHING'
  const agent = anyAgent(step)
  const viewer = { ...agent, permissions: step.scene.admin.permissions }
  const input = { conversationId: chat.id, idempotencyKey: randomUUID() }
  await onceOrTwice(step, (node) => takeOverChat(contextOf(node, viewer), input))
  chat.agent = agent
}

async function toggle(step: Step): Promise<void> {
  const agent = anyAgent(step)
  const viewer = step.random(4) ? agent : step.scene.admin
  const input = { agentId: agent.agentId, available: step.random(6) > 0 }
  await setAvailabilityToggle(contextOf(step.node, viewer), input)
}

async function signIn(step: Step): Promise<void> {
  const until = step.scene.clock.now().getTime() + (10 + step.random(3600)) * SECOND_MS
  await leaseConsole(step.node, anyAgent(step), new Date(until))
}

async function signOut(step: Step): Promise<void> {
  await leaseConsole(
    step.node,
    anyAgent(step),
    new Date(step.scene.clock.now().getTime() - step.random(10_000)),
  )
}

async function wait({ scene, node, random }: Step): Promise<void> {
  scene.clock.advance(random(12) * SECOND_MS)
  await sweepChats(node.services)
}

async function remove(step: Step): Outcome {
  const { scene, node } = step
  if (scene.agents.length <= FEWEST_AGENTS) return 'NOTHING'
  const agent = anyAgent(step)
  scene.agents = scene.agents.filter(({ agentId }) => agentId !== agent.agentId)
  await removeAgent(contextOf(node, scene.admin), agent.agentId)
}

async function add(step: Step): Outcome {
  const { scene, node, known } = step
  if (scene.agents.length >= MOST_AGENTS) return 'NOTHING'
  const { admin, workspaceId } = scene
  const name = `Agent ${randomUUID()}`
  const input = { name, email: `${randomUUID()}@example.com`, idempotencyKey: randomUUID() }
  const { id: agentId } = await onceOrTwice(step, (at) => createAgent(contextOf(at, admin), input))
  const agent: AgentViewer = { ...scene.agents[0]!, workspaceId, agentId, name }
  known.everybody.set(agentId, agent)
  await openAroundTheClock(node, agentId)
  await leaseConsole(node, agent, new Date(scene.clock.now().getTime() + 3600 * SECOND_MS))
  scene.agents.push(agent)
}

async function regroup(step: Step): Promise<void> {
  const { scene, node, known } = step
  const teamId = one(known.teamIds, step)!
  const agentIds = scene.agents.map(({ agentId }) => agentId).filter(() => step.random(3) > 0)
  const name = `Team ${known.teamIds.indexOf(teamId)}`
  const input = { teamId, name, agentIds, idempotencyKey: null }
  await saveTeam(contextOf(node, scene.admin), input, async (_tx, id) => id)
}
