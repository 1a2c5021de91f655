// How long the installation keeps what it no longer needs: the defaults, and the variables that change them.
// docs/limits.md has the table.
import { z } from 'zod'

const DAY_MS = 24 * 3_600_000
/** A hundred years: for ever. */
const MAX_DAYS = 36_500
/** An event can be replayed for seven days, and what it is about should not be gone by then. */
const MIN_DAYS_OF_CONVERSATIONS = 30

function days(byDefault: number, min = 1) {
  const message = `must be a whole number of days from ${min} to ${MAX_DAYS}.`
  return z.coerce.number(message).int(message).min(min, message).max(MAX_DAYS, message).default(byDefault)
}

export const RETENTION_VARIABLES = {
  KEEP_IDLE_VISITS_DAYS: days(7),
  KEEP_ANONYMOUS_DAYS: days(90),
  KEEP_CONVERSATIONS_DAYS: days(730, MIN_DAYS_OF_CONVERSATIONS),
  KEEP_DECISIONS_DAYS: days(90),
  KEEP_DIALOGUE_COUNTS_DAYS: days(730),
  KEEP_MAIL_FILES_DAYS: days(30),
}

/** In milliseconds. */
export interface Retention {
  /** Visits in which the visitor did nothing, from their beginning on. */
  idleVisitsMs: number
  /** Anonymous people, and visits that are over, from their beginning on. */
  anonymousMs: number
  /** Conversations from their end on, and what was written for a meeting from its end on. */
  conversationsMs: number
  /** Records of routing decisions. */
  decisionsMs: number
  /** What was counted of dialogues, for reports. */
  dialogueCountsMs: number
  /** Mails in the folder of an installation without a mail server. */
  mailFilesMs: number
}

/** @param env the variables, parsed */
export function retentionOf(env: Record<keyof typeof RETENTION_VARIABLES, number>): Retention {
  return {
    idleVisitsMs: env.KEEP_IDLE_VISITS_DAYS * DAY_MS,
    anonymousMs: env.KEEP_ANONYMOUS_DAYS * DAY_MS,
    conversationsMs: env.KEEP_CONVERSATIONS_DAYS * DAY_MS,
    decisionsMs: env.KEEP_DECISIONS_DAYS * DAY_MS,
    dialogueCountsMs: env.KEEP_DIALOGUE_COUNTS_DAYS * DAY_MS,
    mailFilesMs: env.KEEP_MAIL_FILES_DAYS * DAY_MS,
  }
}

export const DEFAULT_RETENTION = retentionOf(z.object(RETENTION_VARIABLES).parse({}))
