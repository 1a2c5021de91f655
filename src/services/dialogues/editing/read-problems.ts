import type { Dialogue } from '../../../database/generated/client/client.ts'
import type { Database } from '../../../database/open.ts'
import type { Problem } from '../definition/problem.ts'
import { findProblems } from '../definition/problems.ts'
import { draftFrom } from '../definition/stored.ts'
import { readFlows } from './read-flows.ts'
import { readSurroundings } from './surroundings.ts'

/** @param dialogues any number of one workspace: the statements are the same few
 * @returns what would keep the draft of each from being published, by the ids of the dialogues */
export async function readProblems(
  database: Database,
  { workspaceId, dialogues }: { workspaceId: string; dialogues: Pick<Dialogue, 'id' | 'kind' | 'draft'>[] },
): Promise<Map<string, Problem[]>> {
  const drafts = dialogues.map(draftFrom)
  const surroundings = {
    ...(await readSurroundings(database, { workspaceId, drafts })),
    flows: await readFlows(database, { workspaceId, drafts }),
  }
  return new Map(
    dialogues.map((dialogue) => {
      const { id: dialogueId, kind } = dialogue
      return [dialogueId, findProblems({ dialogueId, kind, draft: draftFrom(dialogue) }, surroundings)]
    }),
  )
}
