import { noteLocks } from '../../database/lock-order.ts'
import type { Transaction } from '../../database/open.ts'
import type { RoutingKind } from './rules.ts'

/** Gives the agent the last place in the order of all agents; an agent who has a place keeps it (docs/semantics.md,
 * section 4). The pool of all agents must be locked, so that two agents never take the same place.
 * @returns whether the agent had no place before */
export async function joinTurns(
  tx: Transaction,
  { workspaceId, agentId, kind }: { workspaceId: string; agentId: string; kind: RoutingKind },
): Promise<boolean> {
  noteLocks(tx, 'place', [agentId])
  const joined = await tx.$executeRaw`
    INSERT INTO "RoutingPlace" ("workspaceId", "kind", "agentId", "position")
    SELECT ${workspaceId}::uuid, ${kind}::"RoutingKind", ${agentId}::uuid, coalesce(max("position"), 0) + 1
    FROM "RoutingPlace" WHERE "workspaceId" = ${workspaceId}::uuid AND "kind" = ${kind}::"RoutingKind"
    ON CONFLICT DO NOTHING`
  return joined > 0
}
