import { z } from 'zod'
import { text } from '../../input.ts'

export const MAX_MESSAGE_LENGTH = 4000

/** What is said: several lines, but something. */
export const messageText = text(MAX_MESSAGE_LENGTH).pipe(z.string().min(1, 'Must not be empty.'))
