// What keeps a draft from being published. A draft can be saved with problems; they are listed while it is edited.
import type { DraftProblem } from '../../../errors.ts'
import type { DraftCard } from './draft.ts'

/** The schema describes each code. */
export type ProblemCode =
  | 'NO_CARDS'
  | 'NO_TARGET'
  | 'TOO_LARGE'
  | 'UNKNOWN_NEXT'
  | 'UNREACHABLE_CARD'
  | 'CYCLE_WITHOUT_ANSWER'
  | 'TOO_MANY_STEPS'
  | 'LIVE_CHAT_NOT_LAST'
  | 'UNKNOWN_ATTRIBUTE'
  | 'UNFIT_ATTRIBUTE'
  | 'UNFIT_VALUE'
  | 'UNFIT_CONDITION'
  | 'UNKNOWN_TOKEN'
  | 'MALFORMED_TOKEN'
  | 'AGENT_REMOVED'
  | 'TEAM_DELETED'
  | 'RULES_NOT_AVAILABLE'
  | 'FLOW_DELETED'
  | 'FLOW_NOT_PUBLISHED'
  | 'FLOW_IN_ITSELF'
  | 'FLOWS_TOO_DEEP'
  | 'LIVE_CHAT_IN_FLOW'

export type Problem = DraftProblem<ProblemCode>

/** Where each kind of card is in the input. */
export const INPUT_FIELDS = {
  MESSAGE: 'message',
  QUESTION: 'question',
  CAPTURE: 'capture',
  MEETING: 'meeting',
  LIVE_CHAT: 'liveChat',
  BRANCH: 'branch',
  GOAL: 'goal',
  DOCUMENT: 'document',
  ACTION: 'action',
  FLOW: 'flow',
} as const satisfies Record<DraftCard['kind'], string>

/** @param index of the card in the draft
 * @returns the place of a field of a card in what is saved */
export function cardPath(
  { index, card }: { index: number; card: DraftCard },
  ...field: (string | number)[]
): string[] {
  return ['cards', String(index), INPUT_FIELDS[card.kind], ...field.map(String)]
}
