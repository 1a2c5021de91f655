// What an answer leads to: the next card that waits, and what happens on the way. Pure.
import { InvalidInputError } from '../../../errors.ts'
import { parseValue } from '../../attributes/values.ts'
import type { Card } from '../definition/compiled.ts'
import type { CardBooking } from './card-booking.ts'
import type { Program } from './program.ts'
import { readAnswer } from './read-answer.ts'
import { type GivenAnswer, MAX_ANSWERS_OF_SESSION } from './session-rules.ts'
import type { Saying, Speaker } from './speaker.ts'
import { walkTools } from './tools.ts'
import { type TranscriptEntry, toEntries } from './transcript.ts'
import { type ShownText, type Walk, walk } from './walk.ts'

export interface PlannedAnswer {
  /** The answer, and what is shown after it. */
  entries: TranscriptEntry[]
  walked: Walk
  /** What the answer and the cards after it say of the visitor. */
  sayings: Saying[]
  /** What the answer has booked; null: nothing. */
  booking: CardBooking | null
}

/** @param given.answer for the card that waits
 * @throws InvalidInputError for an answer that the card does not take */
export function planAnswer(given: {
  program: Program
  answer: GivenAnswer
  booking: CardBooking | null
  speaker: Speaker
  isAgentAvailable: boolean
  phoneCountry: string | null
  now: Date
}): PlannedAnswer {
  const { program, answer, booking, speaker, isAgentAvailable, phoneCountry, now } = given
  const { cards } = program
  const card = cards.get(answer.cardKey)
  if (card === undefined) throw new Error(`A card that waits is not in its version: ${answer.cardKey}.`)
  const { choice } = answer
  const read = readAnswer(card, { choice, booking }, (attribute, text) =>
    parseValue(attribute, text, { phoneCountry }),
  )
  if ('fault' in read) {
    const { path, ...fault } = read.fault
    throw new InvalidInputError([{ path: ['input', path], ...fault }])
  }
  const { text, warning, said, next } = read
  const surroundings = { cards, isAgentAvailable, isEngaged: true }
  const after = said.reduce((present, saying) => present.say(saying), speaker)
  const walked = bounded(walk(next, { ...surroundings, speaker: after }, walkTools({ phoneCountry })), answer)
  const entry: TranscriptEntry = {
    author: 'VISITOR',
    cardKey: card.key,
    text,
    at: now.toISOString(),
    ...(warning === null ? {} : { warning }),
    ...(booking === null ? {} : { bookedId: booking.id }),
  }
  return {
    entries: [entry, ...toEntries(shownAfter(card, walked), now)],
    walked,
    sayings: [...said, ...walked.said],
    booking,
  }
}

/** No card waits after the last answer that a session takes. */
function bounded(walked: Walk, { step }: GivenAnswer): Walk {
  if (walked.pending === null || step + 1 < MAX_ANSWERS_OF_SESSION) return walked
  return { ...walked, shown: walked.shown.slice(0, -1), pending: null }
}

/** A live chat that the visitor has started has said its text before. */
function shownAfter({ key, kind }: Card, { shown }: Walk): ShownText[] {
  return kind === 'LIVE_CHAT' ? shown.filter(({ cardKey }) => cardKey !== key) : shown
}

/** Whether a live chat begins. */
export const leadsToAgent = ({ effects }: Walk): boolean => effects.some(({ kind }) => kind === 'LIVE_CHAT')

/** Whether it is said who the visitor is. */
export const isEmail = ({ attribute: { entity, name } }: Saying) => entity === 'PERSON' && name === 'email'
