// The pure rules of turns (docs/semantics.md, section 4).

/** What turns are taken for. Each kind has its own order, pointer and counts. */
export type RoutingKind = 'MEETING' | 'LIVE_CHAT'

/** Why an agent is passed over. NOT_AVAILABLE: takes no meeting at the time asked for, or no chats at present. */
export const INELIGIBILITIES = [
  'NO_CALENDAR',
  'NEEDS_REAUTHENTICATION',
  'NOT_AVAILABLE',
  'AT_CAPACITY',
  'NOT_REACHABLE',
  'NO_PERMISSION',
  'PAUSED',
] as const
export type Ineligibility = (typeof INELIGIBILITIES)[number]

/** The agents in the order in which they are asked: first the one after the agent served last, then going
 * round. With no pointer, or one that is not in the pool, the first is first. */
export function turnOrder(order: readonly string[], lastServed: string | null): string[] {
  const afterPointer = lastServed === null ? 0 : order.indexOf(lastServed) + 1
  return [...order.slice(afterPointer), ...order.slice(0, afterPointer)]
}

/** The order with one agent moved to another place.
 * @param move.position 1 is the first; one beyond the end is the last */
export function moveTo(
  order: readonly string[],
  { agentId, position }: { agentId: string; position: number },
): string[] {
  const others = order.filter((other) => other !== agentId)
  return [...others.slice(0, position - 1), agentId, ...others.slice(position - 1)]
}

/** Where the pointer stands once agents have left the pool: on the one before, if the agent served last is among
 * them, going round; null when nobody is left. Then it is still the turn of the one who would have been next.
 * @param order the agents before, those who leave included */
export function pointerAfterRemoval(
  order: readonly string[],
  pointer: string | null,
  ...removed: string[]
): string | null {
  if (pointer === null || !removed.includes(pointer)) return pointer
  return turnOrder(order, pointer).findLast((agentId) => !removed.includes(agentId)) ?? null
}
