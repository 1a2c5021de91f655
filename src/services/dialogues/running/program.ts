// A definition as it runs: prepared once, because it runs for every page view. Pure.
import type { Card, Definition } from '../definition/compiled.ts'
import { compileTargets, type Page } from '../definition/targets.ts'

export interface Program {
  definition: Definition
  cards: ReadonlyMap<string, Card>
  /** Whether a branch depends on an available agent. */
  asksForAgents: boolean
  /** Whether a page is a target. */
  isFor(page: Page): boolean
}

export function toProgram(definition: Definition): Program {
  const { cards } = definition
  return {
    definition,
    cards: new Map(cards.map((card) => [card.key, card])),
    asksForAgents: cards.some(
      (card) =>
        card.kind === 'BRANCH' && card.branches.some(({ liveAgentAvailable }) => liveAgentAvailable !== null),
    ),
    isFor: compileTargets(definition),
  }
}
