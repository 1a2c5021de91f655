// What was shown and said in a session, and its answers, as the row stores them.
import { z } from 'zod'
import type { TextRun } from '../definition/rich-text.ts'
import type { StoredAnswer } from './session-rules.ts'
import type { ShownText } from './walk.ts'

/** An entry of the transcript. The last one is that of the card that waits, if one does. */
export interface TranscriptEntry {
  author: 'BOT' | 'VISITOR'
  cardKey: string
  /** Plain. */
  text: string
  /** Left out: one run without a format. */
  runs?: TextRun[]
  /** An instant in RFC 3339. */
  at: string
  document?: { name: string; url: string }
  /** Of a visitor's answer: a doubt about its value. */
  warning?: string
  /** Of an answer: the id of the meeting that it booked, or of the request if the visitor has yet to confirm it. */
  bookedId?: string
  /** Of a card that waits: what the visitor may change. */
  prefilled?: string
}

const entry = z.custom<TranscriptEntry>((value) => typeof value === 'object' && value !== null)
const answer = z.custom<StoredAnswer>((value) => typeof value === 'object' && value !== null)

/** @param stored as the database has it */
export const readTranscript = (stored: unknown): TranscriptEntry[] => z.array(entry).parse(stored)

/** @param stored as the database has it */
export const readAnswers = (stored: unknown): StoredAnswer[] => z.array(answer).parse(stored)

/** @returns the entries of what is shown at an instant */
export function toEntries(shown: ShownText[], now: Date): TranscriptEntry[] {
  const at = now.toISOString()
  return shown.map(({ cardKey, text, runs, document, prefilled }) => ({
    author: 'BOT',
    cardKey,
    text,
    at,
    ...(isPlain(runs) ? {} : { runs }),
    ...(document === null ? {} : { document }),
    ...(prefilled === null ? {} : { prefilled }),
  }))
}

const isPlain = (runs: TextRun[]) => runs.every(({ bold, italic, url }) => !bold && !italic && url === null)

/** @returns the text of an entry in runs */
export function runsOf({ text, runs }: TranscriptEntry): TextRun[] {
  if (runs !== undefined) return runs
  return text === '' ? [] : [{ text, bold: false, italic: false, url: null }]
}

/** @returns an entry as plain text, for a message of the conversation */
export function messageTextOf({ text, document }: TranscriptEntry): string {
  return document === undefined ? text : `${document.name}\n${document.url}`
}
