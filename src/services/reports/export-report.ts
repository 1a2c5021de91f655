// Answers a report as a table for spreadsheets: a row for each day and dialogue or agent for which something was counted.
import type { Database } from '../../database/open.ts'
import { InvalidInputError } from '../../errors.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { formatCount } from '../wording.ts'
import { type Cell, writeCsv } from './csv.ts'
import type { OpenReport } from './open-report.ts'
import { parseReportRange } from './report-range.ts'
import { MAX_ROWS, readChatTable, readDialogueTable, readMeetingTable, type Table } from './tables.ts'

export type ReportKind = 'DIALOGUES' | 'MEETINGS' | 'LIVE_CHAT'

export interface ReportFile {
  name: string
  mediaType: string
  content: string
}

const TABLES: Record<
  ReportKind,
  { name: string; read: (database: Database, report: OpenReport) => Promise<Table> }
> = {
  DIALOGUES: { name: 'dialogues', read: readDialogueTable },
  MEETINGS: { name: 'meetings', read: readMeetingTable },
  LIVE_CHAT: { name: 'live-chats', read: readChatTable },
}

/** @throws ForbiddenError without EXPORT_REPORTS
 * @throws InvalidInputError see `parseReportRange`; also for a range with more than 20,000 rows */
export async function exportReport(
  { viewer, database }: Pick<RequestContext, 'viewer' | 'database'>,
  { kind, ...rest }: { kind: ReportKind } & Parameters<typeof parseReportRange>[0],
): Promise<ReportFile> {
  const { workspaceId } = requirePermission(viewer, 'EXPORT_REPORTS')
  const range = parseReportRange(rest)
  const { name, read } = TABLES[kind]
  const { header, rows } = await read(database, { workspaceId, range })
  if (rows.length > MAX_ROWS) {
    const message = `The table would have more than ${formatCount(MAX_ROWS)} rows. Choose fewer days.`
    throw new InvalidInputError([{ path: ['to'], code: 'TOO_MANY', message, limit: MAX_ROWS }])
  }
  const cells = rows.map(({ day, cells }): Cell[] => [range.dates[day] ?? '', ...cells])
  return {
    name: `${name}-${range.from}-to-${range.to}.csv`,
    mediaType: 'text/csv; charset=utf-8; header=present',
    content: writeCsv(['date', ...header], cells),
  }
}
