// The texts of an invitation as clients send them.
import { z } from 'zod'
import { line, text } from '../input.ts'

export const MAX_SUBJECT_LENGTH = 200
export const MAX_BODY_LENGTH = 8000

/** Null stands for the default text. */
export const invitationTexts = z.object({
  subject: line(MAX_SUBJECT_LENGTH).nullish(),
  body: text(MAX_BODY_LENGTH).nullish(),
})
