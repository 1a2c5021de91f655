// Chats, meetings and people for the cases of the cache tests.
import { randomUUID } from 'node:crypto'
import { administrator, createAgent, createChatAgent, createVisitor, mutate, type Person } from './people.ts'
import { read, waitFor } from './product.ts'

export interface Chat {
  agent: Person
  visitor: Person
  conversationId: string
  offerId: string
}

/** A chat that is offered to an agent. */
export async function requestChat(): Promise<Chat> {
  const [agent, visitor] = await Promise.all([createChatAgent(), createVisitor()])
  const input = { target: { agentId: agent.id }, text: 'Do you ship engines to Mars?' }
  const { id: conversationId } = await mutate('requestLiveChat', visitor, { input })
  const offerId = await waitFor(async () => {
    const { viewer } = await read('{ viewer { ... on Agent { pendingOffers { id } } } }', agent)
    return (viewer as { pendingOffers: { id: string }[] }).pendingOffers[0]?.id
  })
  return { agent, visitor, conversationId, offerId }
}

/** A chat that its agent has accepted, with a message of the visitor. */
export async function startChat(): Promise<Chat & { messageId: string }> {
  const chat = await requestChat()
  const { agent, visitor, conversationId, offerId } = chat
  await mutate('acceptChat', agent, { input: { offerId } })
  const input = { conversationId, text: 'Hello?', clientKey: randomUUID() }
  const { id: messageId } = await mutate('sendMessage', visitor, { input })
  return { ...chat, messageId }
}

const DAY_MS = 24 * 60 * 60 * 1000

export interface Slots {
  agent: Person
  visitor: Person
  /** What the screen of a visitor shows slots for. */
  variables: { agentId: string; from: string; to: string }
  /** Free slots, earliest first. */
  starts: string[]
}

/** A visitor who looks at the slots of an agent, tomorrow. */
export async function findSlots(): Promise<Slots> {
  const [agent, visitor] = await Promise.all([createAgent(), createVisitor()])
  const from = new Date(Date.now() + DAY_MS).toISOString()
  const to = new Date(Date.now() + 2 * DAY_MS).toISOString()
  const variables = { agentId: agent.id, from, to }
  const query = `query ($agentId: ID!, $from: DateTime!, $to: DateTime!) {
    slots(target: { agentId: $agentId }, from: $from, to: $to, timeZone: "UTC") { days { slots { startsAt } } }
  }`
  const { slots } = await read(query, { token: visitor.token, variables })
  const { days } = slots as { days: { slots: { startsAt: string }[] }[] }
  return {
    agent,
    visitor,
    variables,
    starts: days.flatMap((day) => day.slots.map(({ startsAt }) => startsAt)),
  }
}

export async function bookMeeting(): Promise<Slots & { meetingId: string }> {
  const slots = await findSlots()
  const free = { target: { agentId: slots.agent.id }, startsAt: slots.starts[4] }
  const input = { slot: { free }, timeZone: 'UTC' }
  const { id: meetingId } = await mutate('bookMeeting', slots.visitor, { input })
  return { ...slots, meetingId }
}

const PAST = `{
  meetings(first: 1, filter: { past: true, withoutOutcome: true, status: [SCHEDULED, RESCHEDULED] }) {
    nodes { id person { email } }
  }
}`

/** The demo has a meeting that is past and has no outcome. */
export async function findPast(): Promise<{ id: string; person: { email: string } }> {
  const { meetings } = (await read(PAST, { token: administrator.token })) as {
    meetings: { nodes: [{ id: string; person: { email: string } }] }
  }
  return meetings.nodes[0]
}

/** The id of the person of a visitor, as staff reads it. The visitor itself reads another id: that of its visit. */
export async function findPerson({ key }: Person): Promise<string | undefined> {
  const found = await read(`{ people(search: "${key}") { nodes { id } } }`, administrator)
  return (found.people as { nodes: { id: string }[] }).nodes[0]?.id
}
