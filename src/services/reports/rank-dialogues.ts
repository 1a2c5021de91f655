// The dialogues that did most on the days of a report.
import { z } from 'zod'
import type { Dialogue } from '../../database/generated/client/client.ts'
import type { Database } from '../../database/open.ts'
import { integer, parseInput } from '../input.ts'
import { countDialogues, DIALOGUE_NUMBERS, type DialogueNumbers } from './count-dialogues.ts'
import type { OpenReport } from './open-report.ts'

/** How many dialogues can be asked for at once. */
export const MAX_RANKED = 100

const rankArguments = z.object({ first: integer(1, MAX_RANKED) })

export interface RankedDialogue {
  dialogue: Pick<Dialogue, 'id' | 'name' | 'kind' | 'deletedAt'>
  numbers: DialogueNumbers
}

/** @param options.known see `DialogueCounting`
 * @returns the dialogues for which anything was counted, most triggered first, in two statements
 * @throws InvalidInputError for a number of dialogues out of range */
export async function rankDialogues(
  database: Database,
  { workspaceId, range }: OpenReport,
  { first: raw, known }: { first: number; known: boolean | null },
): Promise<RankedDialogue[]> {
  const { first } = parseInput(rankArguments, { first: raw }, [])
  const dialogues = await database.dialogue.findMany({
    where: { workspaceId },
    select: { id: true, name: true, kind: true, deletedAt: true },
  })
  const dialogueIds = dialogues.map(({ id }) => id)
  const counts = await countDialogues(database, { workspaceId, dialogueIds, range, known, byDay: false })
  return dialogues
    .flatMap((dialogue): RankedDialogue[] => {
      const numbers = counts.get(dialogue.id)?.total
      const isCounted = numbers && DIALOGUE_NUMBERS.some((name) => numbers[name] > 0)
      return isCounted ? [{ dialogue, numbers }] : []
    })
    .sort(byRank)
    .slice(0, first)
}

function byRank(one: RankedDialogue, other: RankedDialogue): number {
  return (
    other.numbers.triggered - one.numbers.triggered ||
    other.numbers.engaged - one.numbers.engaged ||
    (one.dialogue.name < other.dialogue.name ? -1 : 1)
  )
}
