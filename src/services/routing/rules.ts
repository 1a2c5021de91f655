// The pure rules of routing (docs/semantics.md, section 4).

/** What turns are taken for. Each kind has its own order, pointer and counts. */
export type RoutingKind = 'MEETING' | 'LIVE_CHAT'

/** Why an agent is not eligible. NO_HOURS: the hours never open. NOT_AVAILABLE: they do, but the agent takes no meeting at
 * the time asked for, or no chats at present. */
export const INELIGIBILITIES = [
  'NO_CALENDAR',
  'NEEDS_REAUTHENTICATION',
  'NO_HOURS',
  'NOT_AVAILABLE',
  'AT_CAPACITY',
  'SEAT_RESERVED',
  'NOT_REACHABLE',
  'NO_PERMISSION',
  'PAUSED',
] as const
export type Ineligibility = (typeof INELIGIBILITIES)[number]

/** The agents in the order of their turns: it begins after the agent served last and wraps around. Without a pointer, or
 * with one that is not in the pool, it begins with the first agent. */
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

/** The pointer after agents have left the pool. If the agent served last is among them, the pointer moves back, wrapping
 * around, to the nearest agent who stays, so that the next turn is still the same agent's; null when no agent stays.
 * @param order the agents before the removal */
export function pointerAfterRemoval(
  order: readonly string[],
  pointer: string | null,
  ...removed: string[]
): string | null {
  if (pointer === null || !removed.includes(pointer)) return pointer
  return turnOrder(order, pointer).findLast((agentId) => !removed.includes(agentId)) ?? null
}
