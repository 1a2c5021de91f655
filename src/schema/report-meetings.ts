// The meetings that were booked on the days of a report.
import type { Database } from '../database/open.ts'
import {
  countMeetings,
  countMeetingsOfAgents,
  type MeetingCounts,
  noMeetings,
} from '../services/reports/count-meetings.ts'
import { sumOf } from '../services/reports/in-range.ts'
import type { OpenReport } from '../services/reports/open-report.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { lazily } from './lazily.ts'
import { EVERY_DAY, REPORT_COST, TYPICAL_PARTS, VIEWS_REPORTS, withDates } from './report-range.ts'

const NUMBERS = {
  booked: 'How many meetings were booked, however it was done, also those that were cancelled since.',
  cancelled: 'How many of them are cancelled by now.',
  noShows: 'Of how many of them it is recorded by now that the visitor did not come.',
}

export interface MeetingReport {
  dates: string[]
  days(): Promise<MeetingCounts[]>
  agents(): Promise<(MeetingCounts & { agentId: string })[]>
}

/** Counts what is asked for, and nothing twice. */
export function reportMeetings(database: Database, report: OpenReport): MeetingReport {
  return {
    dates: report.range.dates,
    days: lazily(() => countMeetings(database, report)),
    agents: lazily(() => countMeetingsOfAgents(database, report)),
  }
}

const AgentCountRef = builder.objectRef<MeetingCounts & { agentId: string }>('AgentCount').implement({
  description: 'The meetings of a report that one agent has.',
  fields: (t) => ({
    agent: t.prismaField({
      type: AgentRef,
      description: 'The agent, who may have been removed since.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    count: t.exposeInt('booked', { description: NUMBERS.booked }),
    cancelled: t.exposeInt('cancelled', { description: NUMBERS.cancelled }),
    noShows: t.exposeInt('noShows', { description: NUMBERS.noShows }),
  }),
})

const DayCountRef = builder.objectRef<MeetingCounts & { date: string }>('DayCount').implement({
  description: 'The meetings of a report that were booked on one day.',
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: "The day, in the report's time zone." }),
    count: t.exposeInt('booked', { description: NUMBERS.booked }),
    cancelled: t.exposeInt('cancelled', { description: NUMBERS.cancelled }),
    noShows: t.exposeInt('noShows', { description: NUMBERS.noShows }),
  }),
})

export const MeetingReportRef = builder.objectRef<MeetingReport>('MeetingReport').implement({
  description: `The meetings that were booked on the days of the report, whenever they take place, and what has become of them by now. ${VIEWS_REPORTS}`,
  fields: (t) => {
    const number = (name: keyof MeetingCounts) =>
      t.int({
        description: NUMBERS[name],
        resolve: async ({ days }) => sumOf(await days(), noMeetings)[name],
      })
    return {
      booked: number('booked'),
      cancelled: number('cancelled'),
      noShows: number('noShows'),
      byAgent: t.field({
        type: [AgentCountRef],
        description: 'The same by the agent who has the meeting by now: most meetings first.',
        complexity: { field: REPORT_COST, multiplier: TYPICAL_PARTS },
        resolve: ({ agents }) => agents(),
      }),
      days: t.field({
        type: [DayCountRef],
        description: EVERY_DAY,
        complexity: REPORT_COST,
        resolve: async ({ dates, days }) => withDates(dates, await days()),
      }),
    }
  },
})
