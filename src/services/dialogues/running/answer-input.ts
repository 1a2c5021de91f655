// How an answer to a card is given.
import { z } from 'zod'
import { MAX_AGENDA_LENGTH } from '../../booking/meetings/book-meeting.ts'
import { fault, instant, MAX_KEY_LENGTH, opaque, text, timeZone } from '../../input.ts'
import { personInput } from '../../people/person-input.ts'
import type { MeetingDetails } from './book-card.ts'
import type { Choice, GivenAnswer, MeetingChoice } from './session-rules.ts'

/** Of a text that answers a card. */
export const MAX_ANSWER_LENGTH = 4000
/** Of the key of a card or of one of its options. */
export const MAX_CARD_KEY_LENGTH = 2000

const cardKey = opaque(MAX_CARD_KEY_LENGTH)

const meetingAnswer = z
  .object({
    holdId: z.string().nullish(),
    startsAt: instant.nullish(),
    endsAt: instant.nullish(),
    timeZone,
    agenda: text(MAX_AGENDA_LENGTH).nullish(),
    person: personInput.nullish(),
  })
  .transform(({ holdId, startsAt, endsAt, timeZone, agenda, person }, check): MeetingAnswer => {
    const details = { endsAt: endsAt ?? null, timeZone, agenda: agenda ?? null, person: person ?? null }
    if (holdId && !startsAt) return { choice: { holdId }, details }
    if (startsAt && !holdId) return { choice: { startsAt: startsAt.toISOString() }, details }
    const code = startsAt ? 'CONFLICTING' : 'REQUIRED'
    check.addIssue({
      code: 'custom',
      path: ['holdId'],
      ...fault(code, 'Give either `holdId` or `startsAt`.'),
    })
    return z.NEVER
  })

export interface MeetingAnswer {
  choice: MeetingChoice
  details: MeetingDetails
}

export const answerCardInput = z
  .object({
    sessionId: z.string(),
    step: z.number().int().min(0, 'Must be at least 0.'),
    cardKey,
    answerKey: cardKey.nullish(),
    text: text(MAX_ANSWER_LENGTH).nullish(),
    meeting: meetingAnswer.nullish(),
    clientKey: opaque(MAX_KEY_LENGTH),
  })
  .transform(({ sessionId, answerKey, text, meeting, ...rest }, check): ParsedAnswer => {
    const choices: Choice[] = [
      ...(typeof answerKey === 'string' ? [{ answerKey }] : []),
      ...(typeof text === 'string' ? [{ text }] : []),
      ...(meeting ? [{ meeting: meeting.choice }] : []),
    ]
    const [choice] = choices
    if (choice !== undefined && choices.length === 1) {
      return { sessionId, answer: { ...rest, choice }, meeting: meeting ?? null }
    }
    const code = choice === undefined ? 'REQUIRED' : 'CONFLICTING'
    check.addIssue({
      code: 'custom',
      path: ['answerKey'],
      ...fault(code, 'Give either `answerKey`, `text` or `meeting`.'),
    })
    return z.NEVER
  })

interface ParsedAnswer {
  sessionId: string
  answer: GivenAnswer
  meeting: MeetingAnswer | null
}
