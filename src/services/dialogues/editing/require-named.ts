// What a draft names by id must exist when it is saved, and attributes must take what the draft says of them.
import { InvalidInputError, NotFoundError } from '../../../errors.ts'
import { checkConditions } from '../../attributes/condition-faults.ts'
import type { Draft, DraftCard } from '../definition/draft.ts'
import { cardPath } from '../definition/problem.ts'
import { findReferenceFaults } from '../definition/references.ts'
import type { ReadSurroundings } from './surroundings.ts'

/** @param path of the draft in the arguments, for errors
 * @returns the draft as it is stored: with the values of conditions in the notation of their attributes
 * @throws NotFoundError for an id of nothing in the workspace
 * @throws InvalidInputError with all other faults */
export function requireNamed(
  draft: Draft,
  { surroundings, path }: { surroundings: ReadSurroundings; path: string[] },
): Draft {
  const faults = findReferenceFaults(draft, surroundings)
  const missing =
    faults.find(({ code }) => code === 'UNKNOWN_ATTRIBUTE')?.path ??
    draft.cards.map((card, index) => missingIn({ card, index }, surroundings)).find((place) => place !== null)
  if (missing) throw new NotFoundError([...path, ...missing].join('.'))
  if (faults.length > 0) {
    throw new InvalidInputError(
      faults.map(({ issue, path: place }) => ({ ...issue, path: [...path, ...place] })),
    )
  }
  const stored = (group: Draft['audience']) => checkConditions(group, surroundings).group
  return {
    ...draft,
    audience: stored(draft.audience),
    cards: draft.cards.map((card) =>
      card.kind === 'BRANCH'
        ? {
            ...card,
            branches: card.branches.map((branch) => ({
              ...branch,
              conditions: branch.conditions && stored(branch.conditions),
            })),
          }
        : card,
    ),
  }
}

/** An agent who was removed can stay in a draft, where it is a problem.
 * @returns the place of the id; null: what it names exists */
function missingIn(
  place: { card: DraftCard; index: number },
  surroundings: ReadSurroundings,
): string[] | null {
  const { card } = place
  if (card.kind === 'FLOW') return surroundings.flowIds.has(card.flowId) ? null : cardPath(place, 'flowId')
  if (!('routing' in card)) return null
  const { routing } = card
  if ('agentId' in routing && !surroundings.everyAgentId.has(routing.agentId)) {
    return cardPath(place, 'routing', 'agentId')
  }
  if ('teamId' in routing && !surroundings.teamIds.has(routing.teamId))
    return cardPath(place, 'routing', 'teamId')
  return null
}
