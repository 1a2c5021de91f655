// A dialogue as it is published: complete, so that it runs without reading anything else, and never changes.
import type { Attribute } from '../../attributes/attribute.ts'
import type { ConditionGroup } from '../../attributes/conditions.ts'
import type { RunningCard, Trigger } from './draft.ts'

/** The cards of a flow have keys of the form `key of the flow's card/key in the flow`. */
export type Card = RunningCard<Attribute>

/** Stored in `DialogueVersion.definition`, and in `DialogueSession.preview`. */
export interface Definition {
  name: string
  kind: 'DIALOGUE' | 'FLOW'
  priority: number
  audience: ConditionGroup
  targetUrls: string[]
  excludedUrls: string[]
  trigger: Trigger | null
  /** The key of the first card. */
  start: string
  cards: Card[]
  /** The flows whose cards are among its cards, also through other flows. */
  flowIds: string[]
}
