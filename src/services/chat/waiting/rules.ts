// When a request for a live chat waits, and how long that may take (docs/semantics.md, section 6).
import type { Ineligibility } from '../../routing/rules.ts'

/** Whether an agent will be able to take a chat as soon as one of the agent's chats ends.
 * @param agent.ineligibleBecause everything that makes the agent ineligible now
 * @param agent.signedIn whether a console of the agent is connected: the agent is there */
export function willHaveRoom(agent: { ineligibleBecause: Ineligibility[]; signedIn: boolean }): boolean {
  const [reason, ...others] = agent.ineligibleBecause
  return agent.signedIn && reason === 'AT_CAPACITY' && others.length === 0
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
