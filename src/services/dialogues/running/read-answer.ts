// What an answer means for the card that it answers. Pure.
import type { Attribute } from '../../attributes/attribute.ts'
import type { ParsedValue, ValueFault } from '../../attributes/values.ts'
import type { Card } from '../definition/compiled.ts'
import type { CaptureCard, MeetingCard, QuestionCard } from '../definition/draft.ts'
import { type CardBooking, describeBooking } from './card-booking.ts'
import type { Choice } from './session-rules.ts'
import type { Saying } from './speaker.ts'

/** A way to answer a card by its key. */
export interface Option {
  key: string
  label: string
}

/** Of a live chat that a dialogue begins with. */
const START: Option = { key: 'start', label: 'Start the chat' }
/** Of a meeting: goes on without one. */
const NOT_NOW: Option = { key: 'not-now', label: 'Not now' }

/** @returns the options of a card that waits; none: it takes a text, or a meeting */
export function optionsOf(card: Card): Option[] {
  switch (card.kind) {
    case 'QUESTION':
      return card.answers.map(({ key, label }) => ({ key, label }))
    case 'CAPTURE':
      return card.attribute.values.map((value) => ({ key: value, label: value }))
    case 'MEETING':
      return [NOT_NOW]
    case 'LIVE_CHAT':
      return [START]
    default:
      return []
  }
}

export interface ReadAnswer {
  /** What the visitor said, in its words. */
  text: string
  /** A doubt about a value that is taken all the same. */
  warning: string | null
  /** The values that it gives attributes. */
  said: Saying[]
  /** The key of the card that follows; null: the dialogue is over. */
  next: string | null
}

/** @param path where the value is in the arguments */
export type AnswerFault = ValueFault & { path: 'answerKey' | 'text' | 'meeting' }

export type ParseText = (attribute: Attribute, text: string) => ParsedValue

/** @param card the one that waits
 * @param given.booking what the answer has booked; null: nothing */
export function readAnswer(
  card: Card,
  { choice, booking }: { choice: Choice; booking: CardBooking | null },
  parse: ParseText,
): ReadAnswer | { fault: AnswerFault } {
  if (card.kind === 'MEETING' && booking !== null) return readMeeting(card, booking, parse)
  if ('meeting' in choice) return { fault: NO_MEETING }
  if (card.kind === 'CAPTURE') return readCapture(card, choice, parse)
  if (!('answerKey' in choice)) return { fault: NOT_A_TEXT }
  if (card.kind === 'QUESTION') return readOption(card, choice.answerKey, parse)
  const option = optionsOf(card).find(({ key }) => key === choice.answerKey)
  if (option === undefined) return { fault: NO_OPTION }
  // A live chat begins with its own card, now that the visitor has asked for it.
  const next = card.kind === 'LIVE_CHAT' ? card.key : card.next
  return { text: option.label, warning: null, said: [], next }
}

const NO_OPTION: AnswerFault = {
  path: 'answerKey',
  code: 'UNKNOWN',
  message: 'Must be the key of an option of the card.',
}
const NOT_A_TEXT: AnswerFault = {
  path: 'text',
  code: 'NOT_ALLOWED',
  message: 'This card is answered with `answerKey`, the key of one of its options.',
}

const NO_MEETING: AnswerFault = {
  path: 'meeting',
  code: 'NOT_ALLOWED',
  message: 'This card takes no meeting.',
}

/** Stores whom the visitor will meet. */
function readMeeting(
  { agentNameTo, agentEmailTo, next }: MeetingCard<Attribute>,
  booking: CardBooking,
  parse: ParseText,
): ReadAnswer {
  const { name, email } = booking.agent
  const said = [...sayingOf(agentNameTo, name, parse), ...sayingOf(agentEmailTo, email, parse)]
  return { text: describeBooking(booking), warning: null, said, next }
}

/** @returns none without an attribute, or for a text that is no value of it */
function sayingOf(attribute: Attribute | null, text: string, parse: ParseText): Saying[] {
  const parsed = attribute === null ? null : parse(attribute, text)
  return attribute !== null && parsed !== null && 'value' in parsed
    ? [{ attribute, value: parsed.value }]
    : []
}

function readOption(
  { attribute, answers, next }: QuestionCard<Attribute>,
  answerKey: string,
  parse: ParseText,
): ReadAnswer | { fault: AnswerFault } {
  const answer = answers.find(({ key }) => key === answerKey)
  if (answer === undefined) return { fault: NO_OPTION }
  const said = sayingOf(attribute, answer.value, parse)
  return { text: answer.label, warning: null, said, next: answer.next ?? next }
}

/** The values of a picklist can be answered by their keys, which are the values, or as a text. */
function readCapture(
  { attribute, next }: CaptureCard<Attribute>,
  choice: Exclude<Choice, { meeting: unknown }>,
  parse: ParseText,
): ReadAnswer | { fault: AnswerFault } {
  const path = 'answerKey' in choice ? 'answerKey' : 'text'
  if ('answerKey' in choice && attribute.type !== 'PICKLIST') {
    const message = 'This card is answered with `text`.'
    return { fault: { path, code: 'NOT_ALLOWED', message } }
  }
  const text = ('answerKey' in choice ? choice.answerKey : choice.text).trim()
  const parsed = parse(attribute, text)
  if ('fault' in parsed) return { fault: { path, ...parsed.fault } }
  return { text, warning: parsed.warning, said: [{ attribute, value: parsed.value }], next }
}
