// What an answer leads to: the next card that waits, and what happens on the way. Pure.
import { InvalidInputError } from '../../../errors.ts'
import { parseValue } from '../../attributes/values.ts'
import type { Program } from './program.ts'
import { readAnswer } from './read-answer.ts'
import type { GivenAnswer } from './session-rules.ts'
import type { Saying, Speaker } from './speaker.ts'
import { walkTools } from './tools.ts'
import { type TranscriptEntry, toEntries } from './transcript.ts'
import { type Walk, walk } from './walk.ts'

export interface PlannedAnswer {
  /** The answer, and what is shown after it. */
  entries: TranscriptEntry[]
  walked: Walk
  /** What the answer and the cards after it say of the visitor. */
  sayings: Saying[]
}

/** @param given.answer for the card that waits
 * @throws InvalidInputError for an answer that the card does not take */
export function planAnswer(given: {
  program: Program
  answer: GivenAnswer
  speaker: Speaker
  isAgentAvailable: boolean
  phoneCountry: string | null
  now: Date
}): PlannedAnswer {
  const { program, answer, speaker, isAgentAvailable, phoneCountry, now } = given
  const { cards } = program
  const card = cards.get(answer.cardKey)
  if (card === undefined) throw new Error(`A card that waits is not in its version: ${answer.cardKey}.`)
  const read = readAnswer(card, answer.choice, (attribute, text) =>
    parseValue(attribute, text, { phoneCountry }),
  )
  if ('fault' in read) {
    const { path, ...fault } = read.fault
    throw new InvalidInputError([{ path: ['input', path], ...fault }])
  }
  const { text, warning, said, next } = read
  const surroundings = { cards, isAgentAvailable, isEngaged: true }
  const after = said === null ? speaker : speaker.say(said)
  const walked = walk(next, { ...surroundings, speaker: after }, walkTools({ phoneCountry }))
  const entry: TranscriptEntry = {
    author: 'VISITOR',
    cardKey: card.key,
    text,
    at: now.toISOString(),
    ...(warning === null ? {} : { warning }),
  }
  return {
    entries: [entry, ...toEntries(walked.shown, now)],
    walked,
    sayings: [...(said === null ? [] : [said]), ...walked.said],
  }
}

/** Whether it is said who the visitor is. */
export const isEmail = ({ attribute: { entity, name } }: Saying) => entity === 'PERSON' && name === 'email'
