import { lockDialogue, lockOpenSessions, lockPublications } from '../../../database/locks.ts'
import { saveUses } from '../../attributes/uses.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requirePermission } from '../../identity/viewer.ts'
import { runTransaction } from '../../transaction.ts'
import { setPublished } from './publish-dialogue.ts'
import { found } from './save-dialogue.ts'

/** What is left of a dialogue after its deletion. */
export interface DeletedDialogue {
  dialogueId: string
}

/** The row is kept for reports. Its sessions end; the sweep ends their conversations. Dialogues that have it as a flow keep its cards.
 * @throws ForbiddenError without MANAGE_DIALOGUES, or for a published dialogue without PUBLISH_DIALOGUES
 * @throws NotFoundError for a dialogue the workspace does not have */
export async function deleteDialogue(
  context: RequestContext,
  { dialogueId }: { dialogueId: string },
): Promise<DeletedDialogue> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_DIALOGUES')
  return runTransaction(context, async (tx) => {
    await lockPublications(tx, workspaceId)
    const dialogue = found(await lockDialogue(tx, { workspaceId, dialogueId }))
    if (dialogue.publishedVersionId !== null) {
      requirePermission(context.viewer, 'PUBLISH_DIALOGUES')
      await setPublished(tx, { workspaceId, dialogueId, versionId: null })
    }
    const now = context.clock.now()
    await tx.dialogue.update({ where: { id: dialogueId }, data: { deletedAt: now } })
    await saveUses(tx, { workspaceId, dialogueId, attributeIds: [] })
    await lockOpenSessions(tx, dialogueId)
    await tx.dialogueSession.updateMany({ where: { dialogueId, endedAt: null }, data: { endedAt: now } })
    return { dialogueId }
  })
}
