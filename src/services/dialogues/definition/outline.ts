// What has to be known of a published flow before its cards are taken into a dialogue: a few flows can have thousands.
import type { Definition } from './compiled.ts'

export interface FlowOutline {
  cardCount: number
  /** As JSON. */
  bytes: number
  /** The flows whose cards are among its cards. */
  flowIds: string[]
  /** null: it was not read, because no draft that has the flow is small enough for it. */
  definition: Definition | null
}

export function outlineOf(definition: Definition): FlowOutline {
  const { cards, flowIds } = definition
  const bytes = Buffer.byteLength(JSON.stringify(definition))
  return { cardCount: cards.length, bytes, flowIds, definition }
}
