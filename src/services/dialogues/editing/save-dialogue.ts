// Creates a dialogue, or replaces its draft as a whole. What visitors get changes when it is published.
import { z } from 'zod'
import { lockDialogue } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../../../errors.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requirePermission } from '../../identity/viewer.ts'
import { idempotencyKey, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { PRIORITIES } from '../definition/limits.ts'
import { toJson } from '../definition/stored.ts'
import { checkDialogue, type DialogueFields, dialogueFields, draftOf } from './dialogue-input.ts'
import { readPublished } from './read-published.ts'
import { requireNamed } from './require-named.ts'
import { saveUsesOfDialogue } from './save-uses.ts'
import { readSurroundings } from './surroundings.ts'

const saveDialogueInput = dialogueFields
  .extend({ dialogueId: z.string().nullish(), version: z.number().nullish(), idempotencyKey })
  .superRefine(checkDialogue)

/** @param raw.dialogueId the dialogue whose draft is replaced; a new one when omitted
 * @param raw.version the version of the draft that is replaced
 * @param read reads the answer in the same transaction; null for a dialogue that was deleted since a first call
 * @returns what `read` returned
 * @throws ForbiddenError without MANAGE_DIALOGUES
 * @throws InvalidInputError
 * @throws NotFoundError for a dialogue, or anything that the draft names, that the workspace does not have
 * @throws ConflictError when the draft has another version, or the key was used before with other input */
export async function saveDialogue<Answer>(
  context: RequestContext,
  raw: z.input<typeof saveDialogueInput>,
  read: ReadDialogue<Answer>,
): Promise<Answer> {
  const viewer = requirePermission(context.viewer, 'MANAGE_DIALOGUES')
  const { dialogueId, version, idempotencyKey: key, ...fields } = parseInput(saveDialogueInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'saveDialogue', input: raw, now }
  const saved = { workspaceId, now, fields, path: ['input'] }
  return runTransaction(context, async (tx) => {
    const id = await once(tx, call, () =>
      dialogueId
        ? replaceDraft(tx, { ...saved, dialogueId, version: version ?? null })
        : createDialogue(tx, saved),
    )
    return found(await read(tx, id))
  })
}

/** @returns null for a dialogue that was deleted */
export type ReadDialogue<Answer> = (tx: Transaction, dialogueId: string) => Promise<Answer | null>

/** @throws NotFoundError for null: a retry with the same key may come after the dialogue was deleted */
export function found<Answer>(dialogue: Answer | null): Answer {
  if (dialogue === null) throw new NotFoundError('input.dialogueId')
  return dialogue
}

interface Saved {
  workspaceId: string
  now: Date
  fields: DialogueFields
  /** Of the fields in the arguments, for errors. */
  path: string[]
}

/** @returns the id of the dialogue */
export async function createDialogue(
  tx: Transaction,
  { workspaceId, now, fields, path }: Saved,
): Promise<string> {
  const surroundings = await readSurroundings(tx, { workspaceId, drafts: [fields] })
  const draft = requireNamed(draftOf(fields), { surroundings, path })
  const { name, description, kind, priority } = fields
  const { id: dialogueId } = await tx.dialogue.create({
    data: {
      ...{ workspaceId, name, description, kind, createdAt: now, updatedAt: now },
      priority: priority ?? PRIORITIES[1],
      draft: toJson(draft),
    },
  })
  const { attributes } = surroundings
  await saveUsesOfDialogue(tx, { workspaceId, dialogueId, draft, published: null, attributes })
  return dialogueId
}

async function replaceDraft(
  tx: Transaction,
  { workspaceId, now, fields, path, ...replaced }: Saved & { dialogueId: string; version: number | null },
): Promise<string> {
  const { dialogueId } = replaced
  const dialogue = await lockDialogue(tx, { workspaceId, dialogueId })
  if (dialogue === null) throw new NotFoundError('input.dialogueId')
  requireVersion(dialogue, replaced.version)
  if (fields.kind !== dialogue.kind) {
    const message = 'Cannot be changed: create another dialogue instead.'
    throw new InvalidInputError([{ path: ['input', 'kind'], code: 'NOT_ALLOWED', message }])
  }
  const surroundings = await readSurroundings(tx, { workspaceId, drafts: [fields] })
  const draft = requireNamed(draftOf(fields), { surroundings, path })
  const { name, description, priority } = fields
  await tx.dialogue.update({
    where: { id: dialogueId },
    data: {
      ...{ name, description, priority: priority ?? undefined, draft: toJson(draft), updatedAt: now },
      version: { increment: 1 },
    },
  })
  const published = await readPublished(tx, dialogue)
  const { attributes } = surroundings
  await saveUsesOfDialogue(tx, { workspaceId, dialogueId, draft, published, attributes })
  return dialogueId
}

/** @param version null: the client did not say which draft it has seen */
function requireVersion(dialogue: { version: number }, version: number | null): void {
  if (version === null) {
    const message = 'Must be the version of the draft that is replaced.'
    throw new InvalidInputError([{ path: ['input', 'version'], code: 'REQUIRED', message }])
  }
  requireSameVersion(dialogue, version)
}

/** @throws ConflictError when the draft was saved since it had the version */
export function requireSameVersion(dialogue: { version: number }, version: number): void {
  if (dialogue.version === version) return
  throw new ConflictError(
    'VERSION_CHANGED',
    `The draft has been saved since: its version is ${dialogue.version}.`,
  )
}
