// Sentences that several descriptions share. Their limits are the constants that the services enforce.
import { MAX_KEY_LENGTH } from '../services/input.ts'
import { MAX_SLUG_LENGTH } from '../services/routing/slug-rules.ts'
import { IDEMPOTENCY_KEYS_KEPT_MS } from '../services/tidy.ts'
import { formatCount, formatDuration } from '../services/wording.ts'

export const GLOBAL_ID = 'The global id, which `node` and `nodes` accept.'

// Permissions.

/** Of a type. */
export const STAFF_TYPE = 'Visible to staff only.'
/** Of a field, which is nullable then (staff-fields.ts). */
export const STAFF_ONLY = 'Visible to staff only: null for visitors, with an error of its own.'
/** The rest of a query's answer stays as it is. */
export const NULL_IF_REFUSED = 'Null, with an error of its own, for whoever may not read it.'
export const ANY_TOKEN = 'Requires a valid bearer token of any kind.'
export const LINK_IS_TOKEN =
  "The token of the link in a visitor's mail (`manageToken`) is one: send it as `Authorization: Bearer …`."
export const STAFF_TOKEN = "Requires an agent's token."
export const VISITOR_TOKEN = "Requires a visitor's token."
export const BOOKER =
  "Requires a visitor's token, or MANAGE_MY_MEETINGS for the viewer's own slots and MANAGE_ALL_MEETINGS for others."

/** @param permission the one that the viewer needs for the viewer's own settings */
export function requiresOwnOrManaged(permission: string): string {
  return `Requires ${permission}, or MANAGE_AGENTS for another agent.`
}

/** Of what budgets limit. */
export const BUDGETED =
  'Callers who are not staff have budgets for it, and get a `QuotaExceededError` beyond them.'
export const BUDGETED_READ =
  'Callers who are not staff have budgets for it, and get the error `QUOTA_EXCEEDED` beyond them.'

// Inputs.

export const OMITTED_OR_NULL_STAYS = 'Fields that are omitted or null keep their value.'
export const ALL_CONDITIONS = 'Every condition that is given must hold.'
export const SLOT_END =
  "The end of the free slot, which chooses among slots of different lengths with the same start. If omitted, the next eligible agent takes the slot, for the length of that agent's meetings."
export const IDEMPOTENCY_KEY = `A key that makes a retry safe. For ${formatDuration(IDEMPOTENCY_KEYS_KEPT_MS)}, a call with the same key and the same input has no further effect and returns the result of the first call; the same key with other input is a \`ConflictError\`. 1 to ${MAX_KEY_LENGTH} characters.`

// Values.

/** Of an agent or a team. */
export const SLUG =
  'The readable name for the address of a page where visitors book, unique among the agents and teams of the workspace, for example `ada-lovelace`.'
export const SLUG_FORMAT = `Letters from a to z and digits, in words joined by hyphens; at most ${MAX_SLUG_LENGTH} characters.`
export const PUBLICLY_BOOKABLE =
  'Whether the website lists it for visitors (`Site.bookable`), so that its slug leads to it. Visitors who have its id can book all the same, for example from a calendar that was shared in a chat. False at first.'

/** A text that may be empty. */
export const atMost = (length: number) => `At most ${formatCount(length)} characters.`
export const oneLine = (length: number) => `One line, 1 to ${formatCount(length)} characters.`
export const someText = (length: number) =>
  `Plain text of one or more lines, 1 to ${formatCount(length)} characters.`

/** @returns "10 to 600" */
export function between([least, most]: readonly [number, number]): string {
  return `${formatCount(least)} to ${formatCount(most)}`
}

// Enums.

export const MORE_VALUES = 'Later versions may add values: programs need a default.'

// Live events.

/** @param stream the subscription field that reads it */
export function streamHeadOf(stream: string): string {
  return `The position of the stream of \`${stream}\` before anything else in the response was read. Pass it as \`after\` to subscribe without a gap.`
}
