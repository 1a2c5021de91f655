import { lockDialogue, lockPublications } from '../../../database/locks.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requirePermission } from '../../identity/viewer.ts'
import { runTransaction } from '../../transaction.ts'
import { draftFrom } from '../definition/stored.ts'
import { setPublished } from './publish-dialogue.ts'
import { found, type ReadDialogue } from './save-dialogue.ts'
import { saveUsesOfDialogue } from './save-uses.ts'
import { readSurroundings } from './surroundings.ts'

/** Visitors who are not engaged in the dialogue no longer get it; the others go on. Dialogues that have it as a flow keep
 * its cards. Has no effect if it is not published.
 * @param read reads the answer in the same transaction
 * @returns what `read` returned
 * @throws ForbiddenError without PUBLISH_DIALOGUES
 * @throws NotFoundError for a dialogue the workspace does not have */
export async function unpublishDialogue<Answer>(
  context: RequestContext,
  { dialogueId }: { dialogueId: string },
  read: ReadDialogue<Answer>,
): Promise<Answer> {
  const { workspaceId } = requirePermission(context.viewer, 'PUBLISH_DIALOGUES')
  return runTransaction(context, async (tx) => {
    await lockPublications(tx, workspaceId)
    const dialogue = found(await lockDialogue(tx, { workspaceId, dialogueId }))
    if (dialogue.publishedVersionId !== null) {
      await setPublished(tx, { workspaceId, dialogueId, versionId: null })
      const draft = draftFrom(dialogue)
      const { attributes } = await readSurroundings(tx, { workspaceId, drafts: [draft] })
      await saveUsesOfDialogue(tx, { workspaceId, dialogueId, draft, published: null, attributes })
    }
    return found(await read(tx, dialogueId))
  })
}
