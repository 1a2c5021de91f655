// What visitors did in dialogues: shown, answered, completed, and where they stopped.
import { type CardCounts, countCards } from '../services/reports/count-cards.ts'
import {
  ALL_DIALOGUES,
  countDialogues,
  type DialogueCounts,
  type DialogueNumber,
  type DialogueNumbers,
} from '../services/reports/count-dialogues.ts'
import type { OpenReport } from '../services/reports/open-report.ts'
import { parseReportRange } from '../services/reports/report-range.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import type { SchemaContext } from './context.ts'
import { EVERY_DAY, RANGE, REPORT_COST, VIEWS_REPORTS, withDates } from './report-range.ts'

/** Of an argument. */
export const KNOWN =
  'True: only what visitors did whose e-mail address was known when they did it. False: only what others did. If omitted or null, both.'

const ONCE = 'Once for each visitor, visit and dialogue.'

export const NUMBERS: Record<DialogueNumber, string> = {
  triggered: `How often a dialogue was shown to a visitor who qualified for it. ${ONCE}`,
  engaged: `How often a visitor gave a first answer; opening the window is none. ${ONCE}`,
  completed: `How often a visitor came to the end. ${ONCE}`,
  peopleAcquired: `How often a visitor without an e-mail address gave one. ${ONCE}`,
  meetingsBooked: 'How many meetings visitors booked in dialogues.',
  goalsReached: 'How often visitors reached a goal.',
}

/** A report about one dialogue, or about all together. */
export interface DialogueReport extends OpenReport {
  /** null: all together, those that were deleted included. */
  dialogueId: string | null
  /** See `DialogueCounting`. */
  known: boolean | null
}

/** What is asked for, as text: reports of several dialogues on the same days share a statement. */
interface Key {
  workspaceId: string
  dialogueId: string | null
  known: boolean | null
  range: { from: string; to: string; timeZone: string }
  byDay: boolean
}

function keyOf({ workspaceId, dialogueId, known, range }: DialogueReport, byDay: boolean): string {
  const { from, to, timeZone } = range
  const key: Key = { workspaceId, dialogueId, known, range: { from, to, timeZone }, byDay }
  return JSON.stringify(key)
}

const parseKey = (key: string): Key => JSON.parse(key)

/** Reads the keys with the same range and filter together.
 * @returns by key */
async function readTogether<Value>(
  keys: string[],
  read: (asked: Key & { dialogueIds: string[] | null }, keys: Key[]) => Promise<Map<string, Value>>,
): Promise<Map<string, Value>> {
  const alike = Map.groupBy(keys, (key) => {
    const { dialogueId, byDay: _byDay, ...rest } = parseKey(key)
    return JSON.stringify({ ...rest, isOfAll: dialogueId === null })
  })
  const found = new Map<string, Value>()
  for (const group of alike.values()) {
    const parsed = group.map(parseKey)
    const [asked] = parsed
    if (asked === undefined) continue
    const ids = [...new Set(parsed.map(({ dialogueId }) => dialogueId ?? ALL_DIALOGUES))]
    const values = await read({ ...asked, dialogueIds: asked.dialogueId === null ? null : ids }, parsed)
    for (const [index, key] of group.entries()) {
      const value = values.get(parsed[index]?.dialogueId ?? ALL_DIALOGUES)
      if (value !== undefined) found.set(key, value)
    }
  }
  return found
}

/** The days have the total too, so that a report with both reads them once. */
const loadCounts = batched<DialogueCounts>((context, keys) =>
  readTogether(keys, (asked, group) =>
    countDialogues(context.database, {
      ...asked,
      range: parseReportRange(asked.range),
      byDay: group.some(({ byDay }) => byDay),
    }),
  ),
)

const loadCards = batched<CardCounts[]>((context, keys) =>
  readTogether(keys, ({ dialogueIds, ...asked }) =>
    countCards(context.database, {
      ...asked,
      range: parseReportRange(asked.range),
      dialogueIds: dialogueIds ?? [],
    }),
  ),
)

const totalOf = async (report: DialogueReport, context: SchemaContext) =>
  (await loadCounts(context, keyOf(report, false))).total

const DialogueDayRef = builder.objectRef<DialogueNumbers & { date: string }>('DialogueDay').implement({
  description: 'What was counted of dialogues on one day.',
  fields: (t) => {
    const number = (name: DialogueNumber) => t.exposeInt(name, { description: NUMBERS[name] })
    return {
      date: t.expose('date', { type: 'Date', description: "The day, in the report's time zone." }),
      triggered: number('triggered'),
      engaged: number('engaged'),
      completed: number('completed'),
      peopleAcquired: number('peopleAcquired'),
      meetingsBooked: number('meetingsBooked'),
      goalsReached: number('goalsReached'),
    }
  },
})

const CardReportRef = builder.objectRef<CardCounts>('CardReport').implement({
  description:
    'How far visitors came in a dialogue: what was counted of one card, once for each visitor and visit.',
  fields: (t) => ({
    cardKey: t.exposeString('cardKey', {
      description:
        "The key of the card, which stays over versions. That of a card in a flow is the key of the flow's card, a slash and the key in the flow.",
    }),
    shown: t.exposeInt('shown', { description: 'How often it was shown.' }),
    answered: t.exposeInt('answered', { description: 'How often it was answered.' }),
    left: t.exposeInt('left', {
      description:
        'Where visitors stop: how often it was shown and not answered, `shown` less `answered`. 0 for a card that waits for no answer. A visitor who can still answer it counts until then.',
    }),
    documentOpened: t.exposeInt('opened', { description: 'How often its document was opened.' }),
    documentDownloaded: t.exposeInt('downloaded', { description: 'How often its document was downloaded.' }),
  }),
})

export const DialogueReportRef = builder.objectRef<DialogueReport>('DialogueReport').implement({
  description: `What visitors did in one dialogue, or in all together. ${VIEWS_REPORTS}`,
  fields: (t) => {
    const number = (name: DialogueNumber) =>
      t.int({
        description: NUMBERS[name],
        resolve: async (report, _arguments, context) => (await totalOf(report, context))[name],
      })
    const rate = (part: DialogueNumber, whole: DialogueNumber, description: string) =>
      t.float({
        nullable: true,
        description: `${description}: \`${part}\` divided by \`${whole}\`, for example \`0.25\`. Null if \`${whole}\` is 0.`,
        resolve: async (report, _arguments, context) => {
          const total = await totalOf(report, context)
          return total[whole] === 0 ? null : total[part] / total[whole]
        },
      })
    return {
      from: t.field({ type: 'Date', description: RANGE.from, resolve: ({ range }) => range.from }),
      to: t.field({ type: 'Date', description: RANGE.to, resolve: ({ range }) => range.to }),
      timeZone: t.field({
        type: 'TimeZone',
        description: RANGE.timeZone,
        resolve: ({ range }) => range.timeZone,
      }),
      triggered: number('triggered'),
      engaged: number('engaged'),
      completed: number('completed'),
      peopleAcquired: number('peopleAcquired'),
      meetingsBooked: number('meetingsBooked'),
      goalsReached: number('goalsReached'),
      engagementRate: rate('engaged', 'triggered', 'How many of those who were shown it answered'),
      conversionRate: rate('peopleAcquired', 'engaged', 'How many of those who answered became known'),
      days: t.field({
        type: [DialogueDayRef],
        description: EVERY_DAY,
        complexity: REPORT_COST,
        resolve: async (report, _arguments, context) => {
          const { days } = await loadCounts(context, keyOf(report, true))
          return withDates(report.range.dates, days ?? [])
        },
      }),
      cards: t.field({
        type: [CardReportRef],
        description:
          'The cards that were shown, answered, opened or downloaded, in the order of the latest version that has them. Empty for all dialogues together.',
        complexity: REPORT_COST,
        resolve: (report, _arguments, context) =>
          report.dialogueId === null ? [] : loadCards(context, keyOf(report, false)),
      }),
    }
  },
})
