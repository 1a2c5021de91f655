// Makes a dialogue of a file.
import { z } from 'zod'
import type { Transaction } from '../../../database/open.ts'
import { type InputIssue, InvalidInputError } from '../../../errors.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requirePermission } from '../../identity/viewer.ts'
import { fault, idempotencyKey, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { checkDialogue, dialogueFields } from './dialogue-input.ts'
import { nameOfAttribute } from './export-dialogue.ts'
import {
  depthFault,
  FILE_FORMAT,
  type FileReference,
  type NamedKind,
  pathInFile,
  referencesIn,
  toInput,
} from './portable.ts'
import { createDialogue, found, type ReadDialogue } from './save-dialogue.ts'

const PATH = ['input', 'dialogue']

const importDialogueInput = z.object({
  dialogue: z.record(z.string(), z.unknown()).superRefine((file, check) => {
    const deep = depthFault(file)
    if (deep !== null) check.addIssue({ code: 'custom', ...deep })
    else if (!isStorable(file)) {
      const message = 'Must not contain control characters or half of a surrogate pair.'
      check.addIssue({ code: 'custom', ...fault('INVALID_FORMAT', message) })
    }
    if (file.format === FILE_FORMAT) return
    const message = `Must be ${FILE_FORMAT}, as in the export of a dialogue.`
    check.addIssue({ code: 'custom', path: ['format'], ...fault('INVALID_FORMAT', message) })
  }),
  idempotencyKey,
})

/** Names are looked up in the database before the rest of the file is parsed. */
const isStorable = (file: unknown) =>
  !/\\u(?:0000|d[89a-f])/.test(JSON.stringify(file).replaceAll('\\\\', ''))

const fileFields = dialogueFields.superRefine(checkDialogue)

/** Creates a dialogue, which is not published, also if there is one with the same name.
 * @param raw.dialogue what `exportDialogues` made, in this workspace or another
 * @param read reads the answer in the same transaction; null for a dialogue that was deleted since a first call
 * @returns what `read` returned
 * @throws ForbiddenError without MANAGE_DIALOGUES
 * @throws InvalidInputError with the places in the file, also of each name that the workspace does not have
 * @throws ConflictError when the key was used before with other input */
export async function importDialogue<Answer>(
  context: RequestContext,
  raw: z.input<typeof importDialogueInput>,
  read: ReadDialogue<Answer>,
): Promise<Answer> {
  const viewer = requirePermission(context.viewer, 'MANAGE_DIALOGUES')
  const { dialogue: file, idempotencyKey: key } = parseInput(importDialogueInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'importDialogue', input: raw, now }
  return runTransaction(context, async (tx) => {
    const id = await once(tx, call, () => createFromFile(tx, { workspaceId, file, now }))
    return found(await read(tx, id))
  })
}

/** @returns the id of the dialogue */
async function createFromFile(
  tx: Transaction,
  { workspaceId, file, now }: { workspaceId: string; file: Record<string, unknown>; now: Date },
): Promise<string> {
  const input = await readInput(tx, { workspaceId, file })
  try {
    const fields = parseInput(fileFields, input as z.input<typeof fileFields>, PATH)
    return await createDialogue(tx, { workspaceId, fields, now, path: PATH })
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw new InvalidInputError(error.issues.map((issue) => ({ ...issue, path: pathInFile(issue.path) })))
  }
}

/** @throws InvalidInputError for names that the workspace does not have, or has several times */
async function readInput(
  tx: Transaction,
  { workspaceId, file }: { workspaceId: string; file: Record<string, unknown> },
): Promise<unknown> {
  const references = referencesIn(file)
  const ids = await readIds(tx, { workspaceId, references })
  const issues = references.flatMap((reference): InputIssue[] => {
    const { kind, name, path } = reference
    const count = ids[kind].get(name)?.length ?? 0
    if (count === 1) return []
    const place = [...PATH, ...path]
    return count === 0
      ? [{ path: place, code: 'UNKNOWN', message: `The workspace has no ${kind} ${name}.` }]
      : [{ path: place, code: 'CONFLICTING', message: `The workspace has several of the ${kind} ${name}.` }]
  })
  if (issues.length > 0) throw new InvalidInputError(issues)
  return toInput(file, ({ kind, name }) => ids[kind].get(name)?.[0] ?? '')
}

/** @returns by kind, the ids of each name */
async function readIds(
  tx: Transaction,
  { workspaceId, references }: { workspaceId: string; references: FileReference[] },
): Promise<Record<NamedKind, Map<string, string[]>>> {
  const named = (kind: NamedKind) => references.filter((each) => each.kind === kind).map(({ name }) => name)
  const attributes = await tx.attribute.findMany({ where: { workspaceId } })
  const agents = await tx.agent.findMany({
    where: { workspaceId, email: { in: named('agent') }, removedAt: null },
  })
  const teams = await tx.team.findMany({ where: { workspaceId, name: { in: named('team') } } })
  const flows = await tx.dialogue.findMany({
    where: { workspaceId, name: { in: named('flow') }, kind: 'FLOW', deletedAt: null },
  })
  return {
    attribute: byName(attributes, nameOfAttribute),
    agent: byName(agents, ({ email }) => email),
    team: byName(teams, ({ name }) => name),
    flow: byName(flows, ({ name }) => name),
  }
}

function byName<Row extends { id: string }>(
  rows: Row[],
  nameOf: (row: Row) => string,
): Map<string, string[]> {
  const groups = Map.groupBy(rows, nameOf)
  return new Map([...groups].map(([name, group]) => [name, group.map(({ id }) => id)]))
}
