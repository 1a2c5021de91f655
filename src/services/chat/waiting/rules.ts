// When a request for a live chat waits, and how long that may take (docs/semantics.md, section 6).
import type { Ineligibility } from '../../routing/rules.ts'
import { SECOND } from '../../time.ts'

/** Whether an agent will be able to take a chat as soon as one of the agent's chats ends.
 * @param agent.ineligibleBecause everything that makes the agent ineligible now
 * @param agent.signedIn whether a console of the agent is connected: the agent is there */
export function willHaveRoom(agent: { ineligibleBecause: Ineligibility[]; signedIn: boolean }): boolean {
  const reasons = agent.ineligibleBecause
  return agent.signedIn && reasons.length > 0 && reasons.every((reason) => FOR_WANT_OF_SEATS.has(reason))
}

const FOR_WANT_OF_SEATS = new Set<Ineligibility>(['AT_CAPACITY', 'SEAT_RESERVED'])

/** Whether a request waits, unless it gets an agent at once.
 * @param request.ahead how many requests to the same target wait longer
 * @param request.isAnyEligible whether an agent has room: with requests ahead, for one of those
 * @param request.willAnyHaveRoom see `willHaveRoom`
 * @param request.waitSeconds of the workspace; 0: a request only waits its turn behind those that began to wait before the
 *   setting was changed */
export function mayWait(request: {
  ahead: number
  isAnyEligible: boolean
  willAnyHaveRoom: boolean
  waitSeconds: number
}): boolean {
  const { ahead, isAnyEligible, willAnyHaveRoom, waitSeconds } = request
  if (isAnyEligible) return ahead > 0
  return waitSeconds > 0 && willAnyHaveRoom
}

/** When a wait that begins now is over. Behind requests that wait although the workspace no longer lets any begin to, with
 * the last of them.
 * @param wait.lastUntil when the last request ahead is missed; null: there is none */
export function waitEnd(wait: { lastUntil: Date | null; waitSeconds: number; now: Date }): Date {
  const { lastUntil, waitSeconds, now } = wait
  const end = new Date(now.getTime() + waitSeconds * SECOND)
  return waitSeconds === 0 && lastUntil !== null ? lastUntil : end
}

/** Estimates when it is the turn of a request: the active chats of the pool end one after the other, evenly spread.
 * @param queue.place in the queue, from 1
 * @param queue.activeChats of the agents of the pool
 * @param queue.chatSeconds how long chats last on average; null: unknown
 * @returns seconds; null when nothing is known */
export function estimateWait(queue: {
  place: number
  activeChats: number
  chatSeconds: number | null
}): number | null {
  const { place, activeChats, chatSeconds } = queue
  return chatSeconds === null || activeChats === 0 ? null : Math.ceil((place * chatSeconds) / activeChats)
}
