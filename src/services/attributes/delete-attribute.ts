import { lockUniqueValues } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { FOREIGN_KEY_VIOLATION, RESTRICT_VIOLATION, sqlStateOf } from '../../database/sql-state.ts'
import { AttributeInUseError, NotFoundError } from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { RestartTransaction, runTransaction } from '../transaction.ts'
import { requireOwn } from './save-attribute.ts'
import { readUsers } from './uses.ts'

/** What is left of an attribute after its deletion. */
export interface DeletedAttribute {
  attributeId: string
}

/** Deletes an attribute that nothing uses. A job removes its values from people; until it is done, no other attribute gets
 * the name.
 * @throws ForbiddenError without MANAGE_CONFIGURATION
 * @throws NotFoundError for an attribute the workspace does not have
 * @throws ConflictError for a built-in attribute
 * @throws AttributeInUseError */
export async function deleteAttribute(
  context: RequestContext,
  { attributeId: id }: { attributeId: string },
): Promise<DeletedAttribute> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_CONFIGURATION')
  return runTransaction(context, async (tx) => {
    await lockUniqueValues(tx, { workspaceId, of: 'attribute name' })
    const attribute = await tx.attribute.findFirst({ where: { id, workspaceId } })
    if (attribute === null) throw new NotFoundError('input.attributeId')
    requireOwn(attribute)
    const uses = await readUsers(tx, id)
    if (uses.length > 0) throw new AttributeInUseError(uses)
    await deleteRow(tx, id)
    const { entity, name } = attribute
    const deletedAt = context.clock.now()
    await tx.deletedAttribute.create({ data: { workspaceId, entity, name, deletedAt } })
    await context.jobs.enlist(tx, 'deleted-attribute', [{ workspaceId, entity, name }])
    await appendEvents(tx, { workspaceId, at: deletedAt, events: [newEvent.workspaceChanged()] })
    return { attributeId: id }
  })
}

/** @throws RestartTransaction when something uses the attribute meanwhile */
async function deleteRow(tx: Transaction, id: string): Promise<void> {
  try {
    await tx.attribute.delete({ where: { id } })
  } catch (error) {
    const isUsed = [FOREIGN_KEY_VIOLATION, RESTRICT_VIOLATION].includes(sqlStateOf(error) ?? '')
    throw isUsed ? new RestartTransaction() : error
  }
}
