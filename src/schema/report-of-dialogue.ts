// The report of one dialogue, and which dialogues did most.
import type { DialogueNumber } from '../services/reports/count-dialogues.ts'
import { openRecentReport } from '../services/reports/open-report.ts'
import { MAX_RANKED, type RankedDialogue, rankDialogues } from '../services/reports/rank-dialogues.ts'
import { builder } from './builder.ts'
import { DialogueKindRef, DialogueRef } from './dialogue.ts'
import { DEFAULT_PAGE_SIZE } from './page-arguments.ts'
import { ReportsRef } from './report.ts'
import { DialogueReportRef, KNOWN, NUMBERS } from './report-dialogues.ts'
import { OPEN_RANGE, REPORT_COST, VIEWS_REPORTS } from './report-range.ts'
import { NULL_IF_REFUSED } from './texts.ts'

builder.prismaObjectField(DialogueRef, 'report', (t) =>
  t.field({
    type: DialogueReportRef,
    nullable: true,
    description: `What visitors did in it, whichever version they got. ${VIEWS_REPORTS} ${NULL_IF_REFUSED}`,
    complexity: REPORT_COST,
    args: {
      from: t.arg({ type: 'Date', description: OPEN_RANGE.from }),
      to: t.arg({ type: 'Date', description: OPEN_RANGE.to }),
      timeZone: t.arg({ type: 'TimeZone', description: OPEN_RANGE.timeZone }),
      known: t.arg.boolean({ description: KNOWN }),
    },
    select: { workspace: { select: { timeZone: true } } },
    resolve: ({ id, workspace }, { known, ...range }, context) => ({
      ...openRecentReport(context, range, workspace),
      dialogueId: id,
      known: known ?? null,
    }),
  }),
)

const DialogueTotalsRef = builder.objectRef<RankedDialogue>('DialogueTotals').implement({
  description: `What visitors did in one dialogue on the days of a report. ${VIEWS_REPORTS}`,
  fields: (t) => {
    const number = (name: DialogueNumber) =>
      t.int({ description: NUMBERS[name], resolve: ({ numbers }) => numbers[name] })
    return {
      name: t.string({
        description: 'The name of the dialogue, as it was when it was deleted if it is.',
        resolve: ({ dialogue }) => dialogue.name,
      }),
      kind: t.field({
        type: DialogueKindRef,
        description: 'How it begins.',
        resolve: ({ dialogue }) => dialogue.kind,
      }),
      dialogue: t.prismaField({
        type: DialogueRef,
        nullable: true,
        description: 'The dialogue; null if it was deleted, or without VIEW_DIALOGUES.',
        resolve: (query, { dialogue: { id, deletedAt } }, _arguments, { viewer, database }) => {
          const mayRead = viewer.kind === 'AGENT' && viewer.permissions.has('VIEW_DIALOGUES')
          if (!mayRead || deletedAt !== null) return null
          return database.dialogue.findUniqueOrThrow({ ...query, where: { id } })
        },
      }),
      triggered: number('triggered'),
      engaged: number('engaged'),
      completed: number('completed'),
      peopleAcquired: number('peopleAcquired'),
      meetingsBooked: number('meetingsBooked'),
      goalsReached: number('goalsReached'),
    }
  },
})

builder.objectField(ReportsRef, 'byDialogue', (t) =>
  t.field({
    type: [DialogueTotalsRef],
    description:
      'The dialogues and flows in which anything was counted, those that were deleted included: most `triggered` first.',
    complexity: ({ first }) => ({
      field: REPORT_COST,
      multiplier: Math.min(Math.max(first ?? 1, 1), MAX_RANKED),
    }),
    args: {
      first: t.arg.int({
        defaultValue: DEFAULT_PAGE_SIZE,
        description: `How many at most, up to ${MAX_RANKED}. Defaults to ${DEFAULT_PAGE_SIZE}.`,
      }),
      known: t.arg.boolean({ description: KNOWN }),
    },
    resolve: (report, { first, known }, { database }) =>
      rankDialogues(database, report, { first: first ?? DEFAULT_PAGE_SIZE, known: known ?? null }),
  }),
)
