// What uses attributes: dialogues, and agents' invitations. The rows keep an attribute from being deleted.
import type { Prisma } from '../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../database/open.ts'
import { FOREIGN_KEY_VIOLATION, sqlStateOf } from '../../database/sql-state.ts'
import type { AttributeUser } from '../../errors.ts'
import { RestartTransaction } from '../transaction.ts'

/** A dialogue, or the agent whose invitation it is. */
export type AttributeOwner = { dialogueId: string } | { agentId: string }

/** Of a query, for `toUsers`. */
export const USERS = {
  select: { dialogue: { select: { name: true } }, agent: { select: { name: true } } },
} as const satisfies Prisma.Attribute$usesArgs

/** @returns dialogues first, each kind by name */
export function toUsers(
  uses: { dialogue: { name: string } | null; agent: { name: string } | null }[],
): AttributeUser[] {
  const users = uses.map(({ dialogue, agent }): AttributeUser => {
    if (dialogue !== null) return { kind: 'DIALOGUE', name: dialogue.name }
    return { kind: 'INVITATION', name: agent?.name ?? '' }
  })
  const order = ({ kind, name }: AttributeUser) => `${kind} ${name}`
  return users.sort((one, other) => order(one).localeCompare(order(other), 'en'))
}

export async function readUsers(
  database: Database | Transaction,
  attributeId: string,
): Promise<AttributeUser[]> {
  return toUsers(await database.attributeUse.findMany({ where: { attributeId }, ...USERS }))
}

/** Replaces what a dialogue or an invitation uses. The caller has locked the owner.
 * @param owner.attributeIds of attributes that the transaction has read; none if the owner goes
 * @throws RestartTransaction when one of them was deleted meanwhile */
export async function saveUses(
  tx: Transaction,
  { workspaceId, attributeIds, ...owner }: AttributeOwner & { workspaceId: string; attributeIds: string[] },
): Promise<void> {
  await tx.attributeUse.deleteMany({ where: { ...owner, attributeId: { notIn: attributeIds } } })
  if (attributeIds.length === 0) return
  const data = attributeIds.map((attributeId) => ({ workspaceId, attributeId, ...owner }))
  try {
    await tx.attributeUse.createMany({ data, skipDuplicates: true })
  } catch (error) {
    throw sqlStateOf(error) === FOREIGN_KEY_VIOLATION ? new RestartTransaction() : error
  }
}
