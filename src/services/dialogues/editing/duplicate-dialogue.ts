import { z } from 'zod'
import type { Transaction } from '../../../database/open.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requirePermission } from '../../identity/viewer.ts'
import { idempotencyKey, line, MAX_NAME_LENGTH, parseInput } from '../../input.ts'
import { shorten } from '../../invitations/tokens.ts'
import { runTransaction } from '../../transaction.ts'
import { draftFrom, toJson } from '../definition/stored.ts'
import { found, type ReadDialogue } from './save-dialogue.ts'
import { saveUsesOfDialogue } from './save-uses.ts'
import { readSurroundings } from './surroundings.ts'

const duplicateDialogueInput = z.object({
  dialogueId: z.string(),
  name: line(MAX_NAME_LENGTH).nullish(),
  idempotencyKey,
})

/** Makes a new dialogue, which is not published, of the draft of another one, problems included.
 * @param raw.name default: `Copy of` the other name
 * @param read reads the answer in the same transaction; null for a dialogue that was deleted since a first call
 * @returns what `read` returned
 * @throws ForbiddenError without MANAGE_DIALOGUES
 * @throws InvalidInputError
 * @throws NotFoundError for a dialogue the workspace does not have
 * @throws ConflictError when the key was used before with other input */
export async function duplicateDialogue<Answer>(
  context: RequestContext,
  raw: z.input<typeof duplicateDialogueInput>,
  read: ReadDialogue<Answer>,
): Promise<Answer> {
  const viewer = requirePermission(context.viewer, 'MANAGE_DIALOGUES')
  const { dialogueId, name = null, idempotencyKey: key } = parseInput(duplicateDialogueInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'duplicateDialogue', input: raw, now }
  return runTransaction(context, async (tx) => {
    const id = await once(tx, call, () => copyDialogue(tx, { workspaceId, dialogueId, name, now }))
    return found(await read(tx, id))
  })
}

/** @returns the id of the copy */
async function copyDialogue(
  tx: Transaction,
  copy: { workspaceId: string; dialogueId: string; name: string | null; now: Date },
): Promise<string> {
  const { workspaceId, now } = copy
  const original = found(
    await tx.dialogue.findFirst({ where: { id: copy.dialogueId, workspaceId, deletedAt: null } }),
  )
  const { description, kind, priority } = original
  const draft = draftFrom(original)
  const name = copy.name ?? shorten(`Copy of ${original.name}`, MAX_NAME_LENGTH)
  const { id: dialogueId } = await tx.dialogue.create({
    data: {
      ...{ workspaceId, name, description, kind, priority, createdAt: now, updatedAt: now },
      draft: toJson(draft),
    },
  })
  const { attributes } = await readSurroundings(tx, { workspaceId, drafts: [draft] })
  await saveUsesOfDialogue(tx, { workspaceId, dialogueId, draft, published: null, attributes })
  return dialogueId
}
