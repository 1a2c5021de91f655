// What a visitor sees of a session: what was shown and said, and the card that waits. Nothing else of the dialogue.
import type { DialogueSession } from '../../../database/generated/client/client.ts'
import type { AttributeType } from '../../../database/generated/client/enums.ts'
import type { Database } from '../../../database/open.ts'
import type { RoutingTarget } from '../../routing/pool.ts'
import type { Trigger } from '../definition/draft.ts'
import type { TextRun } from '../definition/rich-text.ts'
import { type Program, toProgram } from './program.ts'
import { readVersion, toDefinition } from './published.ts'
import { type Option, optionsOf } from './read-answer.ts'
import { isOver } from './session-rules.ts'
import { readTranscript, runsOf, type TranscriptEntry } from './transcript.ts'

/** A card that waits for an answer. */
export interface ShownCard {
  key: string
  kind: 'QUESTION' | 'CAPTURE' | 'MEETING' | 'LIVE_CHAT'
  text: string
  runs: TextRun[]
  options: Option[]
  /** Of a capture: the type of the value. */
  inputType: AttributeType | null
  placeholder: string | null
  /** What is known already, for the visitor to change. */
  value: string | null
  /** Of a meeting: whose free slots to offer. */
  target: RoutingTarget | null
}

type Session = Pick<
  DialogueSession,
  'versionId' | 'preview' | 'transcript' | 'pendingCard' | 'seenAt' | 'endedAt' | 'triggeredAt'
>

/** @returns the version that the session runs, or its preview */
export async function programOf(
  database: Database,
  { versionId, preview }: Pick<DialogueSession, 'versionId' | 'preview'>,
): Promise<Program> {
  return versionId === null ? toProgram(toDefinition(preview)) : readVersion(database, versionId)
}

/** @returns what was shown and said, without the card that waits */
export function shownTranscript(session: Session, now: Date): TranscriptEntry[] {
  const entries = readTranscript(session.transcript)
  return isWaiting(session, now) ? entries.slice(0, -1) : entries
}

/** @returns the card that waits; null: none does, or the session is over */
export function shownCard(
  session: Session,
  { program, now }: { program: Program; now: Date },
): ShownCard | null {
  const card = session.pendingCard === null ? undefined : program.cards.get(session.pendingCard)
  const entry = readTranscript(session.transcript).at(-1)
  if (card === undefined || entry === undefined || !isWaiting(session, now)) return null
  const { key, kind } = card
  if (kind !== 'QUESTION' && kind !== 'CAPTURE' && kind !== 'MEETING' && kind !== 'LIVE_CHAT') return null
  return {
    ...{ key, kind, text: entry.text, runs: runsOf(entry), options: optionsOf(card) },
    inputType: kind === 'CAPTURE' ? card.attribute.type : null,
    placeholder: kind === 'CAPTURE' ? card.placeholder : null,
    value: entry.prefilled ?? null,
    target: kind === 'MEETING' ? card.routing : null,
  }
}

const isWaiting = ({ pendingCard, endedAt, seenAt }: Session, now: Date) =>
  pendingCard !== null && endedAt === null && !isOver(seenAt, now)

/** @returns the trigger that the client must wait for; null: the dialogue may be shown */
export function triggerOf({ triggeredAt }: Session, { definition }: Program): Trigger | null {
  return triggeredAt === null ? definition.trigger : null
}
