// The reports of a workspace.
import { type OpenReport, openReport } from '../services/reports/open-report.ts'
import { builder } from './builder.ts'
import { LiveChatReportRef, reportChats } from './report-chats.ts'
import { DialogueReportRef, KNOWN } from './report-dialogues.ts'
import { MeetingReportRef, reportMeetings } from './report-meetings.ts'
import { RANGE, REPORT_COST, VIEWS_REPORTS } from './report-range.ts'
import { NULL_IF_REFUSED } from './texts.ts'

export const ReportsRef = builder.objectRef<OpenReport>('Reports').implement({
  description: `What happened in the workspace on some days: in dialogues, meetings and live chats. ${VIEWS_REPORTS}`,
  fields: (t) => ({
    dialogues: t.field({
      type: DialogueReportRef,
      description:
        'What visitors did in all dialogues and flows together, those that were deleted included. `Dialogue.report` is about one.',
      complexity: REPORT_COST,
      args: { known: t.arg.boolean({ description: KNOWN }) },
      resolve: (report, { known }) => ({ ...report, dialogueId: null, known: known ?? null }),
    }),
    meetings: t.field({
      type: MeetingReportRef,
      description: 'The meetings that were booked on these days.',
      complexity: REPORT_COST,
      resolve: (report, _arguments, { database }) => reportMeetings(database, report),
    }),
    liveChat: t.field({
      type: LiveChatReportRef,
      description: 'The live chats that were requested on these days.',
      complexity: REPORT_COST,
      resolve: (report, _arguments, { database, clock }) => reportChats(database, report, clock.now()),
    }),
  }),
})

builder.queryField('reports', (t) =>
  t.field({
    type: ReportsRef,
    nullable: true,
    description: `What happened in the workspace from one day to another. ${VIEWS_REPORTS} ${NULL_IF_REFUSED}`,
    args: {
      from: t.arg({ type: 'Date', required: true, description: RANGE.from }),
      to: t.arg({ type: 'Date', required: true, description: RANGE.to }),
      timeZone: t.arg({ type: 'TimeZone', required: true, description: RANGE.timeZone }),
    },
    resolve: (_root, range, context) => openReport(context, range),
  }),
)
