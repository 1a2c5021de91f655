// Publishes the draft of a dialogue: visitors get it from then on, except those who are engaged in an earlier version.
import { z } from 'zod'
import type { Dialogue } from '../../../database/generated/client/client.ts'
import { lockDialogue, lockPublications } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { DialogueProblemsError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requirePermission } from '../../identity/viewer.ts'
import { parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { compile } from '../definition/compile.ts'
import type { Definition } from '../definition/compiled.ts'
import { hashDefinition } from '../definition/hash.ts'
import { definitionsOf, findProblems } from '../definition/problems.ts'
import { draftFrom, toJson } from '../definition/stored.ts'
import { readFlows } from './read-flows.ts'
import { found, type ReadDialogue, requireSameVersion } from './save-dialogue.ts'
import { saveUsesOfDialogue } from './save-uses.ts'
import { readSurroundings } from './surroundings.ts'

const publishDialogueInput = z.object({ dialogueId: z.string(), version: z.number().nullish() })

/** Publishing what is published has no effect. Dialogues that have a flow keep it as it was when they were published.
 * @param raw.version that of the draft that is published; the present one when omitted
 * @param read reads the answer in the same transaction
 * @returns what `read` returned
 * @throws ForbiddenError without PUBLISH_DIALOGUES
 * @throws NotFoundError for a dialogue the workspace does not have
 * @throws ConflictError when the draft has another version
 * @throws DialogueProblemsError with all problems of the draft */
export async function publishDialogue<Answer>(
  context: RequestContext,
  raw: z.input<typeof publishDialogueInput>,
  read: ReadDialogue<Answer>,
): Promise<Answer> {
  const { workspaceId } = requirePermission(context.viewer, 'PUBLISH_DIALOGUES')
  const { dialogueId, version } = parseInput(publishDialogueInput, raw)
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    await lockPublications(tx, workspaceId)
    const dialogue = found(await lockDialogue(tx, { workspaceId, dialogueId }))
    if (typeof version === 'number') requireSameVersion(dialogue, version)
    await publishDraft(tx, { dialogue, now })
    return found(await read(tx, dialogueId))
  })
}

/** The caller has the lock on publications and that of the dialogue.
 * @throws DialogueProblemsError with all problems of the draft */
export async function publishDraft(
  tx: Transaction,
  { dialogue, now }: { dialogue: Dialogue; now: Date },
): Promise<void> {
  const { id: dialogueId, workspaceId, name, kind, priority } = dialogue
  const draft = draftFrom(dialogue)
  const surroundings = await readSurroundings(tx, { workspaceId, drafts: [draft] })
  const flows = await readFlows(tx, { workspaceId, drafts: [draft] })
  const problems = findProblems({ dialogueId, kind, draft }, { ...surroundings, flows })
  if (problems.length > 0) throw new DialogueProblemsError(problems)
  const { attributes } = surroundings
  const named = { attributes, flows: definitionsOf(flows) }
  const definition = compile({ name, kind, priority, draft }, named)
  const versionId = await saveVersion(tx, { workspaceId, dialogueId, definition, now })
  if (versionId !== dialogue.publishedVersionId) {
    await setPublished(tx, { workspaceId, dialogueId, versionId })
  }
  await saveUsesOfDialogue(tx, { workspaceId, dialogueId, draft, published: definition, attributes })
}

/** @returns the id of the latest version if it is the same, else of a new one */
async function saveVersion(
  tx: Transaction,
  version: { workspaceId: string; dialogueId: string; definition: Definition; now: Date },
): Promise<string> {
  const { workspaceId, dialogueId, definition, now } = version
  const hash = hashDefinition(definition)
  const latest = await tx.dialogueVersion.findFirst({
    where: { dialogueId },
    orderBy: { number: 'desc' },
    select: { id: true, number: true, hash: true },
  })
  if (latest !== null && Buffer.from(latest.hash).equals(hash)) return latest.id
  const { id } = await tx.dialogueVersion.create({
    data: {
      ...{ workspaceId, dialogueId, hash, publishedAt: now },
      number: (latest?.number ?? 0) + 1,
      definition: toJson(definition),
    },
  })
  return id
}

/** Nodes keep what is published until the revision changes. The caller has the lock on publications.
 * @param published.versionId null: it is not published any more */
export async function setPublished(
  tx: Transaction,
  {
    workspaceId,
    dialogueId,
    versionId,
  }: { workspaceId: string; dialogueId: string; versionId: string | null },
): Promise<void> {
  await tx.dialogue.update({ where: { id: dialogueId }, data: { publishedVersionId: versionId } })
  await tx.workspace.update({ where: { id: workspaceId }, data: { dialogueRevision: { increment: 1 } } })
}
