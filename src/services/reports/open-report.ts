// Opens a report for whoever may read it. What it has is counted once it is asked for.
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { parseOpenReportRange, parseReportRange, type ReportDays } from './report-range.ts'

/** A report about a workspace, on days of a zone. */
export interface OpenReport {
  workspaceId: string
  range: ReportDays
}

/** @throws ForbiddenError without VIEW_REPORTS
 * @throws InvalidInputError see `parseReportRange` */
export function openReport(
  { viewer }: Pick<RequestContext, 'viewer'>,
  range: Parameters<typeof parseReportRange>[0],
): OpenReport {
  const { workspaceId } = requirePermission(viewer, 'VIEW_REPORTS')
  return { workspaceId, range: parseReportRange(range) }
}

/** Of a range that need not be given.
 * @param range see `parseOpenReportRange`
 * @param workspace the viewer's
 * @throws ForbiddenError without VIEW_REPORTS
 * @throws InvalidInputError */
export function openRecentReport(
  { viewer, clock }: Pick<RequestContext, 'viewer' | 'clock'>,
  range: Parameters<typeof parseOpenReportRange>[0],
  { timeZone }: { timeZone: string },
): OpenReport {
  const { workspaceId } = requirePermission(viewer, 'VIEW_REPORTS')
  return { workspaceId, range: parseOpenReportRange(range, { timeZone, now: clock.now() }) }
}
