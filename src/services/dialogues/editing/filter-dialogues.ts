// Turns the arguments of the list of dialogues into a database filter.
import { z } from 'zod'
import type { Prisma } from '../../../database/generated/client/client.ts'
import type { DialogueKind } from '../../../database/generated/client/enums.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { NOTHING, requirePermission, type Viewer } from '../../identity/viewer.ts'
import { parseInput, text } from '../../input.ts'
import { containing, MAX_SEARCH_LENGTH } from '../../search.ts'

/** Where a dialogue stands. */
export type DialogueState = 'DRAFT' | 'PUBLISHED' | 'UNPUBLISHED'

const dialogueArguments = z.object({ search: text(MAX_SEARCH_LENGTH).nullish() })

/** @param raw.search words, each of which must be in the name or the description
 * @returns a filter for the dialogues of the viewer's workspace that match the arguments
 * @throws ForbiddenError without VIEW_DIALOGUES
 * @throws InvalidInputError */
export function filterDialogues(
  { viewer }: RequestContext,
  raw: z.input<typeof dialogueArguments> & {
    state?: DialogueState | null | undefined
    kind?: DialogueKind | null | undefined
  },
): Prisma.DialogueWhereInput {
  requirePermission(viewer, 'VIEW_DIALOGUES')
  const { search } = parseInput(dialogueArguments, { search: raw.search }, [])
  const words = search ? search.split(/\s+/) : []
  return {
    AND: [
      visibleDialogues(viewer),
      raw.state ? IN_STATE[raw.state] : {},
      raw.kind ? { kind: raw.kind } : {},
      ...words.map((word) => ({ OR: [{ name: containing(word) }, { description: containing(word) }] })),
    ],
  }
}

/** @returns a condition for the dialogues that the viewer may read */
export function visibleDialogues(viewer: Viewer): Prisma.DialogueWhereInput {
  const mayRead = viewer.kind === 'AGENT' && viewer.permissions.has('VIEW_DIALOGUES')
  return mayRead ? { workspaceId: viewer.workspaceId, deletedAt: null } : NOTHING
}

const IN_STATE: Record<DialogueState, Prisma.DialogueWhereInput> = {
  DRAFT: { publishedVersionId: null, versions: { none: {} } },
  PUBLISHED: { publishedVersionId: { not: null } },
  UNPUBLISHED: { publishedVersionId: null, versions: { some: {} } },
}
