// The limits in docs/limits.md and docs/delivery.md are those that the code enforces.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUDGET_SCOPES, type BudgetedCall, type Budgets, DEFAULT_BUDGETS } from '../../src/config/budgets.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { MAX_COUNTED } from '../../src/schema/connection.ts'
import { TRANSCRIPT_COST } from '../../src/schema/conversation.ts'
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../src/schema/page-arguments.ts'
import { EXPORT_COST } from '../../src/schema/report-file.ts'
import { REPORT_COST } from '../../src/schema/report-range.ts'
import { ANYBODY_ONLINE_COST } from '../../src/schema/site.ts'
import { MAX_ANSWER_BYTES } from '../../src/server/answer-limit.ts'
import { ARRIVALS_PER_SOCKET } from '../../src/server/live/arrivals.ts'
import { MAX_BYTES, MAX_MESSAGES, WINDOW_MS } from '../../src/server/live/message-limit.ts'
import { QUEUE_LIMIT_BYTES } from '../../src/server/live/sink.ts'
import { MAX_ECHOED_BYTES, MAX_OPERATION_ID_LENGTH } from '../../src/server/live/socket-messages.ts'
import { UNSIGNED_QUEUE_LIMIT_BYTES } from '../../src/server/live/socket-outlet.ts'
import { INIT_DEADLINE_MS, MAX_FRAME_BYTES, PING_EVERY_MS } from '../../src/server/live/socket-server.ts'
import { MAX_WATCHES } from '../../src/server/live/watch-limit.ts'
import { MAX_BODY_BYTES, MAX_WAITING } from '../../src/server/use-calendar-webhooks.ts'
import {
  MAX_COMPARISONS,
  MAX_DIRECTIVES,
  MAX_LINES,
  MAX_NAME_LENGTH,
  MAX_SELECTIONS,
  MAX_VALIDATION_ERRORS,
} from '../../src/server/use-query-limits.ts'
import { MAX_ATTRIBUTE_NAME_LENGTH } from '../../src/services/attributes/attribute.ts'
import { MAX_CONDITION_VALUES } from '../../src/services/attributes/condition-faults.ts'
import { MAX_CONDITION_DEPTH, MAX_CONDITIONS } from '../../src/services/attributes/condition-input.ts'
import {
  MAX_ATTRIBUTES,
  MAX_PICKLIST_VALUE_LENGTH,
  MAX_PICKLIST_VALUES,
} from '../../src/services/attributes/save-attribute.ts'
import { MAX_TEXT_VALUE_LENGTH } from '../../src/services/attributes/values.ts'
import { MAX_RANGE_DAYS } from '../../src/services/availability/range.ts'
import { RESERVED_FOR_MS } from '../../src/services/booking/confirmation/meeting-request.ts'
import { MAX_AT_ONCE } from '../../src/services/booking/slots/fair-turns.ts'
import { COALESCE_MS } from '../../src/services/booking/slots/slot-feed.ts'
import { MAX_HINTS } from '../../src/services/calendars/microsoft/webhook.ts'
import { VISITOR_GONE_MS } from '../../src/services/chat/abandoned-chats.ts'
import { MAX_MESSAGE_LENGTH } from '../../src/services/chat/conversation/write-message.ts'
import { MESSAGE_NOTICE_EVERY_MS } from '../../src/services/chat/presence/push-messages.ts'
import {
  MAX_ANSWERS,
  MAX_CARD_TEXT_LENGTH,
  MAX_CARDS,
  MAX_COMPILED_BYTES,
  MAX_COMPILED_CARDS,
  MAX_DRAFT_BYTES,
  MAX_FLOW_DEPTH,
  MAX_STEPS_WITHOUT_ANSWER,
  MAX_TARGETS,
} from '../../src/services/dialogues/definition/limits.ts'
import { NOTICE_TTL_SECONDS } from '../../src/services/notifications/push/chat-notice.ts'
import { SETTLED_TTL_SECONDS, SHOWN_CHARACTERS } from '../../src/services/notifications/push/chat-push.ts'
import { MAX_ENDPOINT_LENGTH } from '../../src/services/notifications/push/push-subscription-input.ts'
import { MAX_PUSH_SUBSCRIPTIONS } from '../../src/services/notifications/push/register-push-subscription.ts'
import { TIMEOUT_MS } from '../../src/services/notifications/push/web-push-sender.ts'
import { MAX_ATTRIBUTES_LENGTH } from '../../src/services/people/person-input.ts'
import { LEASE_MS } from '../../src/services/presence/leases.ts'
import { MAX_CLEARED } from '../../src/services/privacy/erase/erase-person.ts'
import { MAX_RECORDS } from '../../src/services/privacy/export/export-person.ts'
import { MAX_REPORT_MONTHS } from '../../src/services/reports/report-range.ts'
import { MAX_ROWS } from '../../src/services/reports/tables.ts'
import { MAX_LISTED } from '../../src/services/routing/list-bookables.ts'
import { EVENTS_KEPT_MS } from '../../src/services/tidy.ts'
import { DAY } from '../../src/services/time.ts'
import { formatCount, formatDuration } from '../../src/services/wording.ts'
import { LIVE_CHAT_DEFAULTS } from '../../src/services/workspaces/create-workspace.ts'
import { LIVE_CHAT_BOUNDS } from '../../src/services/workspaces/update-workspace.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')
const kib = (bytes: number) => `${bytes / 1024} KiB`
const mib = (bytes: number) => `${bytes / 1024 / 1024} MiB`
/** The row of a call in the table of budgets. */
const budgetRow = ([call, scopes]: [string, Budgets[BudgetedCall]]): [string, string] => [
  `\`${call}\``,
  BUDGET_SCOPES.map((scope) => {
    const { limit = 0, windowMs = 0 } = scopes[scope] ?? {}
    return limit === 0 ? '' : `${formatCount(limit)} in ${formatDuration(windowMs)}`
  }).join(' | '),
]
const setting = (name: keyof typeof LIVE_CHAT_BOUNDS) => {
  const [least, most] = LIVE_CHAT_BOUNDS[name]
  return `${LIVE_CHAT_DEFAULTS[name]}, from ${least} to ${formatCount(most)} |`
}

const { limits, holds, maxUnconfirmedMeetings, retention } = readConfig({ environment: {} })
const days = (ms: number) => formatCount(ms / DAY)

/** The first two cells of rows. */
const ROWS: [string, string][] = [
  ['size of a request', kib(limits.maxBodyBytes)],
  ['tokens in a document', formatCount(limits.maxTokens)],
  ['depth of fields, through fragments', `${limits.maxDepth}`],
  ['aliases in a document', `${limits.maxAliases}`],
  ['directives in a document', `${MAX_DIRECTIVES}`],
  ['lines in a document', formatCount(MAX_LINES)],
  ['length of a name in a document', `${MAX_NAME_LENGTH} characters`],
  ['fields in a document, through fragments', formatCount(MAX_SELECTIONS)],
  ['comparisons of fields with the same name in one place', formatCount(MAX_COMPARISONS)],
  ['size of an answer', mib(MAX_ANSWER_BYTES)],
  ['cost of an operation', formatCount(limits.maxCost)],
  ['sockets of one viewer, or of one address without a token', `${limits.maxSocketsPerCaller}`],
  [
    'subscriptions of one viewer over server-sent events, or of one address without a token',
    `${limits.maxSocketsPerCaller}`,
  ],
  [
    'sockets of one client address that have not signed in yet, on one node; beyond, 429 instead of a socket',
    `${limits.maxSocketsPerCaller * ARRIVALS_PER_SOCKET} |`,
  ],
  ['open subscriptions on one socket', `${limits.maxOperationsPerSocket}`],
  ['size of a message to the server', kib(MAX_FRAME_BYTES)],
  ['messages to the server, ping frames included', `${MAX_MESSAGES} in ${formatDuration(WINDOW_MS)}`],
  ['bytes to the server', `${mib(MAX_BYTES)} in ${formatDuration(WINDOW_MS)}`],
  ['id of an operation', `${formatCount(MAX_OPERATION_ID_LENGTH)} characters`],
  ['payload of a ping that comes back with the pong', `${kib(MAX_ECHOED_BYTES)};`],
  ['the same before `connection_init` is accepted', kib(UNSIGNED_QUEUE_LIMIT_BYTES)],
  ['time until `connection_init`', formatDuration(INIT_DEADLINE_MS)],
  ['unread data of a client, in addition to one message', kib(QUEUE_LIMIT_BYTES)],
  ['different free slots (`slotsChanged`) that one caller watches', `${MAX_WATCHES.caller}`],
  ['the same for a workspace on one node', formatCount(MAX_WATCHES.workspace)],
  ['the same for one node', formatCount(MAX_WATCHES.node)],
  ['cards of a dialogue', `${MAX_CARDS} |`],
  ['size of a draft as JSON', kib(MAX_DRAFT_BYTES)],
  ['cards of what is published, with those of its flows', formatCount(MAX_COMPILED_CARDS)],
  ['flows within each other', `${MAX_FLOW_DEPTH} |`],
  ['size of what is published, with its flows', mib(MAX_COMPILED_BYTES)],
  ['cards that follow one after the other without an answer', `${MAX_STEPS_WITHOUT_ANSWER} |`],
  ['length of a text', `${formatCount(MAX_CARD_TEXT_LENGTH)} characters`],
  ['answers of a question, ways of a branch card', `${MAX_ANSWERS} each`],
  ['targets, and exclusions', `${MAX_TARGETS} each`],
  ['text of a message', `${formatCount(MAX_MESSAGE_LENGTH)} characters`],
  ...(Object.entries(DEFAULT_BUDGETS) as [string, Budgets[BudgetedCall]][]).map(budgetRow),
  ['slots that the visitors of one client address hold at a time', `${holds.perAddress} |`],
  ['slots of one day of an agent that visitors hold at a time', `${holds.perAgentDay} |`],
  ['upcoming meetings of an e-mail address that is only claimed', `${maxUnconfirmedMeetings} |`],
  ['visits in which the visitor did nothing', `${days(retention.idleVisitsMs)} |`],
  ['anonymous people of whom no chat is kept, and visits that are over', `${days(retention.anonymousMs)} |`],
  [
    'chats with their transcripts, and what was written for meetings',
    `${days(retention.conversationsMs)} (24`,
  ],
  ['records of routing decisions', `${days(retention.decisionsMs)} |`],
  [
    'mails in the folder of an installation without a mail server',
    `${days(retention.mailFilesMs)} | \`KEEP_MAIL_FILES_DAYS\``,
  ],
  ['events, idempotency keys, and bookings that wait for a confirmation', `${days(EVENTS_KEPT_MS)} |`],
  [
    'time for which a booking is reserved until it is confirmed by mail',
    `${formatDuration(RESERVED_FOR_MS)} |`,
  ],
  ['attributes of a workspace', `${MAX_ATTRIBUTES},`],
  ['name of an attribute', `${MAX_ATTRIBUTE_NAME_LENGTH} letters`],
  ['values of a picklist', `${MAX_PICKLIST_VALUES}, of at most ${MAX_PICKLIST_VALUE_LENGTH} characters`],
  ['text of a value', `${formatCount(MAX_TEXT_VALUE_LENGTH)} characters`],
  [
    'values of one person, and of its company, as JSON',
    `${formatCount(MAX_ATTRIBUTES_LENGTH)} characters each`,
  ],
  ['conditions of one audience or branch', `${MAX_CONDITIONS}, in groups of ${MAX_CONDITION_DEPTH} levels`],
  ['values of one condition', `${MAX_CONDITION_VALUES} |`],
  ['conversations and pending offers of one agent', setting('chatsPerAgent')],
  ['seconds to accept an offer', setting('offerTimeoutSeconds')],
  ['offers for one request', setting('maxOffersPerRequest')],
  ['minutes without a message', setting('idleTimeoutMinutes')],
  ["seconds without the agent's console until the chat is offered on", setting('reofferAfterSeconds')],
  ['seconds that a request waits', setting('waitSeconds')],
  ['browsers of one agent', `${MAX_PUSH_SUBSCRIPTIONS};`],
  ['address of a push service', `${formatCount(MAX_ENDPOINT_LENGTH)} characters`],
  [
    'time to live of a message',
    `the rest of the offer; ${SETTLED_TTL_SECONDS} seconds once it is settled; ${NOTICE_TTL_SECONDS} for a notice`,
  ],
  ['notices about the messages of one chat', `1 in ${formatDuration(MESSAGE_NOTICE_EVERY_MS)}`],
  ["visitor's text in a message", `${SHOWN_CHARACTERS} characters`],
  ['response time of a push service', formatDuration(TIMEOUT_MS)],
  ['size of a notification', kib(MAX_BODY_BYTES)],
  ['changes in one notification', `${formatCount(MAX_HINTS)};`],
  ['changes that wait while others are processed', `${formatCount(MAX_WAITING)} of each`],
]

describe('docs/limits.md', () => {
  const text = read('limits.md')

  it.each(ROWS)('has the limit that is enforced: %s', (limit, value) => {
    expect(text).toContain(`| ${limit} | ${value}`)
  })

  it.each([
    `\`Conversation.transcript\` costs ${TRANSCRIPT_COST}.`,
    `\`Site.bookable\` lists at most ${MAX_LISTED}.`,
    `\`Site.anybodyOnline\` costs ${ANYBODY_ONLINE_COST}.`,
    `its \`first\` or \`last\`, also as a variable, and ${DEFAULT_PAGE_SIZE} without both`,
    `a page has at most ${MAX_PAGE_SIZE} items, and a list is counted up to ${formatCount(MAX_COUNTED)} `,
    `are at most ${MAX_RANGE_DAYS} days long, those of reports at most ${MAX_REPORT_MONTHS} months`,
    `A report as a file has at most ${formatCount(MAX_ROWS)} rows`,
    `\`exportReport\` costs ${EXPORT_COST}.`,
    `Each part of a report costs ${REPORT_COST}, and so does each of its tables`,
    `clears at most ${MAX_CLEARED} conversations and ${MAX_CLEARED} meetings`,
    `A page of \`exportPerson\` has at most ${MAX_RECORDS} records`,
    `Free slots are computed ${MAX_AT_ONCE} at a time`,
    `only the first ${MAX_VALIDATION_ERRORS} errors are answered`,
  ])('says what is enforced: %s', (sentence) => {
    expect(text).toContain(sentence)
  })
})

describe('docs/delivery.md', () => {
  const text = read('delivery.md')

  it.each([
    `events are kept for ${formatDuration(EVENTS_KEPT_MS)}`,
    `at most ${1000 / COALESCE_MS} times a second`,
    `no \`connection_init\` within ${formatDuration(INIT_DEADLINE_MS)}`,
    `more than ${MAX_MESSAGES} messages in ${formatDuration(WINDOW_MS)}, or more than ${mib(MAX_BYTES)}`,
    `the payload of its ping, up to ${kib(MAX_ECHOED_BYTES)}`,
    `an answer would be larger than ${mib(MAX_ANSWER_BYTES)}`,
    `a message of more than ${kib(MAX_FRAME_BYTES)}`,
    `more sockets of one viewer than allowed (${limits.maxSocketsPerCaller})`,
    `once ${kib(QUEUE_LIMIT_BYTES)} wait for it`,
    `At most ${limits.maxOperationsPerSocket} subscriptions`,
    `a ping every ${formatDuration(PING_EVERY_MS)}`,
    `at most ${formatDuration(LEASE_MS)} after the client or the node last responded`,
    `last subscription has been gone for ${formatDuration(VISITOR_GONE_MS)}`,
  ])('says what is enforced: %s', (sentence) => {
    expect(text).toContain(sentence)
  })
})
