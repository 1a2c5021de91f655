// Lets people book meetings and chat in the demo's workspace during the days before its first start, so that its lists
// are not empty. It calls the same use cases as the API does, with a clock that stands in those days. A start that fails
// or is killed meanwhile is made up for by the next one, which goes on with what is missing.
import type { Meeting } from '../../database/generated/client/client.ts'
import { bookMeeting, isRequest } from '../booking/meetings/book-meeting.ts'
import { cancelMeeting } from '../booking/meetings/cancel-meeting.ts'
import { recordMeetingOutcome } from '../booking/meetings/record-meeting-outcome.ts'
import { findOfferedSlots } from '../booking/slots/offered-slots.ts'
import { endChat } from '../chat/conversation/end-chat.ts'
import { scoreConversation } from '../chat/conversation/score-conversation.ts'
import { sendMessage } from '../chat/conversation/send-message.ts'
import { acceptChat } from '../chat/offers/accept-chat.ts'
import { requestLiveChat } from '../chat/request/request-live-chat.ts'
import type { Services } from '../context.ts'
import { readAgentViewer } from '../identity/agent-viewer.ts'
import { noClient, type RequestContext } from '../identity/request-context.ts'
import { type AgentViewer, callerOf, type Viewer, type VisitorViewer } from '../identity/viewer.ts'
import { consoleLeases } from '../presence/console-leases.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts'
import { CHATS, GUESTS, MEETINGS, type SeededChat, type SeededMeeting } from './activity.ts'

/** Within this time every agent has slots, weekends and holidays included. */
const SEARCHED_MS = 5 * DAY
const BETWEEN_LINES_MS = 20 * SECOND

interface Stage {
  services: Services
  /** By name. */
  agents: Map<string, AgentViewer>
  /** By first name. */
  guests: Map<string, VisitorViewer>
  now: number
}

/** Idempotent: what is there stays as it is. Without the guests of `seedDemo` nothing happens. A meeting or a chat that
 * fails is reported, and hinders no other. */
export async function seedActivity(services: Services): Promise<void> {
  const stage = await readStage(services)
  const parts = [
    ...MEETINGS.map((meeting) => () => playMeeting(stage, meeting)),
    ...CHATS.map((chat) => () => playChat(stage, chat)),
  ]
  if (stage.guests.size === 0) return
  for (const play of parts) await play().catch(services.onError)
}

async function readStage(given: Services): Promise<Stage> {
  const { database, clock } = given
  const visitors = await database.visitor.findMany({
    where: { person: { email: { in: GUESTS.map(({ person }) => person.email) } } },
    include: { person: true },
    orderBy: { id: 'desc' },
  })
  const guests = new Map<string, VisitorViewer>()
  for (const { id: visitorId, workspaceId, personId, verified, person } of visitors) {
    const viewer = { kind: 'VISITOR' as const, workspaceId, visitorId, personId, verified }
    guests.set(GUESTS.find((guest) => guest.person.email === person.email)?.person.firstName ?? '', viewer)
  }
  const [workspaceId = ''] = visitors.map((visitor) => visitor.workspaceId)
  const agents = new Map<string, AgentViewer>()
  for (const { id, name } of await database.agent.findMany({ where: { workspaceId, removedAt: null } })) {
    const viewer = await readAgentViewer(database, id)
    if (viewer) agents.set(name, viewer)
  }
  return { services: withoutMails(given), agents, guests, now: clock.now().getTime() }
}

/** The people and agents are made up, and so are their addresses: mails are only for a mailer that keeps them here. */
function withoutMails(services: Services): Services {
  if (services.mailer.listKept) return services
  return { ...services, jobs: { ...services.jobs, enlist: async () => {} } }
}

/** @returns the context of somebody's request at an instant */
function contextOf({ services }: Stage, { viewer, at }: { viewer: Viewer; at: number }): RequestContext {
  const clock = { ...services.clock, now: () => new Date(at) }
  return { ...services, clock, origin: null, viewer, client: noClient() }
}

async function playMeeting(stage: Stage, meeting: SeededMeeting): Promise<void> {
  const { outcome, cancelledBecause } = meeting
  const { guest, agent } = partiesOf(stage, meeting)
  const { agenda } = meeting
  const known = await stage.services.database.meeting.findFirst({
    where: { bookedBy: callerOf(guest), agenda },
  })
  const booked = known ?? (await book(stage, meeting))
  if (booked === null) return
  const { id: meetingId, bookedAt, startsAt } = booked
  if (outcome && booked.outcome === null) {
    const context = contextOf(stage, { viewer: agent, at: startsAt.getTime() + 45 * MINUTE })
    await recordMeetingOutcome(context, { meetingId, outcome })
  }
  if (cancelledBecause && booked.status !== 'CANCELLED') {
    const context = contextOf(stage, { viewer: guest, at: bookedAt.getTime() + 90 * MINUTE })
    await cancelMeeting(context, { meeting: { meetingId }, reason: cancelledBecause })
  }
}

async function book(stage: Stage, meeting: SeededMeeting): Promise<Meeting | null> {
  const { daysFromNow, agenda, timeZone } = meeting
  const { guest, agent } = partiesOf(stage, meeting)
  const startsAt = await chooseSlot(stage, meeting)
  if (startsAt === null) return null
  const at = Math.min(startsAt - 2 * DAY, stage.now - daysFromNow * 40 * MINUTE - DAY)
  const booked = await bookMeeting(contextOf(stage, { viewer: guest, at }), {
    slot: { free: { target: { agentId: agent.agentId }, startsAt: new Date(startsAt).toISOString() } },
    timeZone,
    agenda,
    // For two nodes that start at the same time.
    idempotencyKey: agenda,
  })
  return isRequest(booked) ? null : booked
}

/** @returns the last slot before, or the first one after, the day that is asked for */
async function chooseSlot(stage: Stage, meeting: SeededMeeting): Promise<number | null> {
  const { services, now } = stage
  const { guest, agent } = partiesOf(stage, meeting)
  const day = now + meeting.daysFromNow * DAY
  const isPast = meeting.daysFromNow < 0
  const range = isPast ? { start: day - SEARCHED_MS, end: day } : { start: day, end: day + SEARCHED_MS }
  const { slots } = await findOfferedSlots(services.database, {
    workspaceId: guest.workspaceId,
    target: { agentId: agent.agentId },
    range,
    caller: callerOf(guest),
    now: new Date(range.start - 3 * DAY),
  })
  return slots.at(isPast ? -1 : 0)?.startsAt ?? null
}

/** Without an agent, the chat is missed: nobody has a console open. */
async function playChat(stage: Stage, chat: SeededChat): Promise<void> {
  const { database } = stage.services
  const [first = '', ...rest] = chat.lines
  const guest = named(stage.guests, chat.guest)
  const agent = chat.agent === null ? null : named(stage.agents, chat.agent)
  let at = stage.now + chat.daysFromNow * DAY
  const as = (viewer: Viewer) => {
    at += BETWEEN_LINES_MS
    return contextOf(stage, { viewer, at })
  }
  const known = await database.conversation.findFirst({ where: { visitorId: guest.visitorId } })
  if (known?.endedAt) return
  if (agent) await openConsole(stage, { agent, at })
  const target = agent === null ? { roundRobin: true } : { agentId: agent.agentId }
  const requested = known ?? (await requestLiveChat(as(guest), { target, text: first }))
  if (agent === null) return
  const { id: conversationId } = requested
  const { id: offerId } = await database.chatOffer.findFirstOrThrow({ where: { conversationId } })
  if (requested.state === 'OFFERED') await acceptChat(as(agent), { offerId })
  for (const [index, text] of rest.entries()) {
    const viewer = index % 2 === 0 ? agent : guest
    await sendMessage(as(viewer), { conversationId, text, clientKey: `demo ${index}` })
  }
  if (requested.score === null) await scoreConversation(as(agent), { conversationId, score: chat.score })
  await endChat(as(agent), conversationId)
}

/** Signs the agent in, in those days only. */
async function openConsole(
  { services: { database, nodeId } }: Stage,
  { agent: { agentId, workspaceId }, at }: { agent: AgentViewer; at: number },
): Promise<void> {
  const lease = { id: agentId, workspaceId, expiresAt: new Date(at + HOUR) }
  await consoleLeases.renew(database, { nodeId, leases: [lease], now: new Date(at) })
}

const partiesOf = ({ guests, agents }: Stage, { guest, agent }: SeededMeeting) => ({
  guest: named(guests, guest),
  agent: named(agents, agent),
})

function named<Party>(parties: Map<string, Party>, name: string): Party {
  const party = parties.get(name)
  if (party === undefined) throw new Error(`The demo has no ${name}.`)
  return party
}
