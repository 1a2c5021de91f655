// Lets people book meetings and chat in the demo's workspace during the days before its first start, so that its lists
// are not empty. It calls the same use cases as the API does, with a clock that stands in those days.

import { bookMeeting } from '../booking/meetings/book-meeting.ts'
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
import { authenticate } from '../identity/authenticate.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { ANONYMOUS, callerOf, type Viewer } from '../identity/viewer.ts'
import { startVisit } from '../people/start-visit.ts'
import { consoleLeases } from '../presence/console-leases.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts'
import { CHATS, GUESTS, type Guest, MEETINGS, type SeededChat, type SeededMeeting } from './activity.ts'

/** Within this time every agent has slots, weekends and holidays included. */
const SEARCHED_MS = 5 * DAY
const BETWEEN_LINES_MS = 20 * SECOND

interface Stage {
  services: Services
  workspace: { id: string; publicKey: string }
  /** Agents by name, visitors by first name. */
  viewers: Map<string, Viewer>
  now: number
}

/** To be called once, for a workspace that `seedDemo` has just created. */
export async function seedActivity(services: Services): Promise<void> {
  const { database, clock } = services
  const workspace = await database.workspace.findFirstOrThrow({ select: { id: true, publicKey: true } })
  const agents = await database.agent.findMany({ select: { id: true, name: true } })
  const stage: Stage = { services, workspace, viewers: new Map(), now: clock.now().getTime() }
  for (const { id, name } of agents) {
    stage.viewers.set(name, (await readAgentViewer(database, id)) ?? ANONYMOUS)
  }
  for (const guest of GUESTS) stage.viewers.set(guest.person.firstName, await visit(stage, guest))
  for (const meeting of MEETINGS) await playMeeting(stage, meeting)
  for (const chat of CHATS) await playChat(stage, chat)
}

/** @returns the context of somebody's request at an instant */
function contextOf({ services, viewers }: Stage, { who, at }: { who: string; at: number }): RequestContext {
  const clock = { ...services.clock, now: () => new Date(at) }
  return { ...services, clock, origin: null, viewer: viewers.get(who) ?? ANONYMOUS }
}

async function visit(stage: Stage, { person, pageUrl }: Guest): Promise<Viewer> {
  const { services, workspace, now } = stage
  const context = contextOf(stage, { who: '', at: now - 9 * DAY })
  const { token } = await startVisit(context, { publicKey: workspace.publicKey, person, pageUrl })
  const credentials = { authorization: `Bearer ${token}`, workspaceId: null }
  return (await authenticate({ ...services, oidc: null }, credentials)).viewer
}

async function playMeeting(stage: Stage, meeting: SeededMeeting): Promise<void> {
  const { guest, agent, daysFromNow, agenda, timeZone, outcome, cancelledBecause } = meeting
  const startsAt = await chooseSlot(stage, meeting)
  if (startsAt === null) return
  const bookedAt = Math.min(startsAt - 2 * DAY, stage.now - daysFromNow * 40 * MINUTE - DAY)
  const { id: meetingId } = await bookMeeting(contextOf(stage, { who: guest, at: bookedAt }), {
    slot: {
      free: { target: { agentId: agentIdOf(stage, agent) }, startsAt: new Date(startsAt).toISOString() },
    },
    timeZone,
    agenda,
  })
  if (outcome) {
    const context = contextOf(stage, { who: agent, at: startsAt + 45 * MINUTE })
    await recordMeetingOutcome(context, { meetingId, outcome })
  }
  if (cancelledBecause) {
    const context = contextOf(stage, { who: guest, at: bookedAt + 90 * MINUTE })
    await cancelMeeting(context, { meeting: { meetingId }, reason: cancelledBecause })
  }
}

/** @returns the last slot before, or the first one after, the day that is asked for */
async function chooseSlot(
  stage: Stage,
  { guest, agent, daysFromNow }: SeededMeeting,
): Promise<number | null> {
  const { services, workspace, viewers, now } = stage
  const day = now + daysFromNow * DAY
  const isPast = daysFromNow < 0
  const range = isPast ? { start: day - SEARCHED_MS, end: day } : { start: day, end: day + SEARCHED_MS }
  const viewer = viewers.get(guest)
  const { slots } = await findOfferedSlots(services.database, {
    workspaceId: workspace.id,
    target: { agentId: agentIdOf(stage, agent) },
    range,
    caller: viewer === undefined || viewer.kind === 'ANONYMOUS' ? '' : callerOf(viewer),
    now: new Date(range.start - 3 * DAY),
  })
  return slots.at(isPast ? -1 : 0)?.startsAt ?? null
}

/** Without an agent, the chat is missed: nobody has a console open. */
async function playChat(
  stage: Stage,
  { guest, agent, daysFromNow, lines, score }: SeededChat,
): Promise<void> {
  const [first = '', ...rest] = lines
  let at = stage.now + daysFromNow * DAY
  const as = (who: string) => {
    at += BETWEEN_LINES_MS
    return contextOf(stage, { who, at })
  }
  const target = agent === null ? { roundRobin: true } : { agentId: agentIdOf(stage, agent) }
  if (agent !== null) await openConsole(stage, { agentId: agentIdOf(stage, agent), at })
  const { id: conversationId } = await requestLiveChat(as(guest), { target, text: first })
  if (agent === null) return
  const { id: offerId } = await stage.services.database.chatOffer.findFirstOrThrow({
    where: { conversationId },
  })
  await acceptChat(as(agent), { offerId })
  for (const [index, text] of rest.entries()) {
    const who = index % 2 === 0 ? agent : guest
    await sendMessage(as(who), { conversationId, text, clientKey: `demo ${index}` })
  }
  await scoreConversation(as(agent), { conversationId, score })
  await endChat(as(agent), conversationId)
}

/** Signs the agent in, in those days only. */
async function openConsole(
  { services: { database, nodeId }, workspace }: Stage,
  { agentId, at }: { agentId: string; at: number },
): Promise<void> {
  const lease = { id: agentId, workspaceId: workspace.id, expiresAt: new Date(at + HOUR) }
  await consoleLeases.renew(database, { nodeId, leases: [lease], now: new Date(at) })
}

function agentIdOf({ viewers }: Stage, name: string): string {
  const viewer = viewers.get(name)
  return viewer?.kind === 'AGENT' ? viewer.agentId : ''
}
