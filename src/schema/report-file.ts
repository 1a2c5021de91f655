// Reports as files for spreadsheets.
import { exportReport, type ReportFile } from '../services/reports/export-report.ts'
import { MAX_ROWS } from '../services/reports/tables.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'
import { RANGE } from './report-range.ts'
import { NULL_IF_REFUSED } from './texts.ts'

export const EXPORT_COST = 50

const ReportKindRef = builder.enumType('ReportKind', {
  description: 'Which table a file has. The columns are named as the fields of the API.',
  values: {
    DIALOGUES: {
      description:
        'A row for each day and dialogue: `date`, `dialogue` (its name), `kind`, `triggered`, `engaged`, `completed`, `peopleAcquired`, `meetingsBooked`, `goalsReached`.',
    },
    MEETINGS: {
      description:
        'A row for each day on which meetings were booked and agent who has them: `date`, `agent` (the name), `email`, `booked`, `cancelled`, `noShows`.',
    },
    LIVE_CHAT: {
      description:
        'A row for each day on which live chats were requested and agent who had them in the end: `date`, `agent` (the name), `email`, `requested`, `connected`, `missed`, `abandoned`, `averageMinutes`. Those that no agent accepted have no agent.',
    },
  },
})

const ReportFileRef = builder.objectRef<ReportFile>('ReportFile').implement({
  description: 'A report as a file.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'A name for the file, for example `meetings-2026-03-01-to-2026-03-31.csv`.',
    }),
    mediaType: t.exposeString('mediaType', {
      description: 'The media type, for example `text/csv; charset=utf-8; header=present`.',
    }),
    content: t.exposeString('content', {
      description:
        'The text of the file, to be saved as `mediaType` says: CSV as in RFC 4180, with the names of the columns in the first line. A text with which a spreadsheet would begin a formula has an apostrophe before it.',
    }),
  }),
})

builder.queryField('exportReport', (t) =>
  t.field({
    type: ReportFileRef,
    nullable: true,
    description: `A report as a file for spreadsheets: a row for each day and dialogue or agent for which something was counted, at most ${formatCount(MAX_ROWS)}. Its numbers mean the same as those of \`reports\`. Requires EXPORT_REPORTS. ${NULL_IF_REFUSED}`,
    complexity: EXPORT_COST,
    args: {
      kind: t.arg({ type: ReportKindRef, required: true, description: 'Which table.' }),
      from: t.arg({ type: 'Date', required: true, description: RANGE.from }),
      to: t.arg({ type: 'Date', required: true, description: RANGE.to }),
      timeZone: t.arg({ type: 'TimeZone', required: true, description: RANGE.timeZone }),
    },
    resolve: (_root, table, context) => exportReport(context, table),
  }),
)
