// The live chats that were requested on the days of a report.
import type { Database } from '../database/open.ts'
import {
  type AgentChats,
  type ChatCounts,
  countChats,
  countChatsOfAgents,
  countChatsOfTeams,
  noChats,
} from '../services/reports/count-chats.ts'
import { countResponses, type Responses } from '../services/reports/count-responses.ts'
import { sumOf } from '../services/reports/in-range.ts'
import type { OpenReport } from '../services/reports/open-report.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { lazily } from './lazily.ts'
import { average, EVERY_DAY, REPORT_COST, TYPICAL_PARTS, VIEWS_REPORTS, withDates } from './report-range.ts'
import { TeamRef } from './team.ts'

const SECONDS_PER_MINUTE = 60

const NUMBERS = {
  requested:
    'How many live chats visitors requested: all that were `connected` or `missed`, and those that still wait for an agent. A dialogue that did not come to a live chat is none.',
  connected: 'How many of them an agent accepted.',
  missed:
    'How many of them are over, and no agent had accepted them: conversations in the state `MISSED`, and those that were `abandoned`.',
  abandoned:
    'How many of those that were missed are `ABANDONED`: the visitor left before an agent was found.',
}
const LENGTH =
  'The average length in minutes, from the first acceptance by an agent to the end, of those that were connected and are over, for example `7.5`. Null if there are none.'
const RESPONSE =
  'The average time in seconds in which agents responded, for example `41.2`. It runs from the first message of the visitor that was not answered yet, or from the acceptance if that is later, to the next message of an agent. Null if agents answered nothing.'

export interface LiveChatReport {
  dates: string[]
  days(): Promise<ChatCounts[]>
  teams(): Promise<(ChatCounts & { teamId: string })[]>
  agents(): Promise<AgentChats[]>
  responses(): Promise<Responses[]>
}

/** Counts what is asked for, and nothing twice.
 * @param now decides whether an offer has expired */
export function reportChats(database: Database, report: OpenReport, now: Date): LiveChatReport {
  return {
    dates: report.range.dates,
    days: lazily(() => countChats(database, report)),
    teams: lazily(() => countChatsOfTeams(database, report)),
    agents: lazily(() => countChatsOfAgents(database, report, now)),
    responses: lazily(() => countResponses(database, report)),
  }
}

const minutesOf = ({ seconds, over }: { seconds: number; over: number }) =>
  average(seconds, { count: over, perUnit: SECONDS_PER_MINUTE })

const responseOf = (responses: { seconds: number; count: number }[]) => {
  const { seconds, count } = sumOf(responses, () => ({ seconds: 0, count: 0 }))
  return average(seconds, { count, perUnit: 1 })
}

const ChatDayRef = builder.objectRef<ChatCounts & { date: string }>('ChatDay').implement({
  description: 'The live chats that were requested on one day.',
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: "The day, in the report's time zone." }),
    requested: t.exposeInt('requested', { description: NUMBERS.requested }),
    connected: t.exposeInt('connected', { description: NUMBERS.connected }),
    missed: t.exposeInt('missed', { description: NUMBERS.missed }),
    abandoned: t.exposeInt('abandoned', { description: NUMBERS.abandoned }),
  }),
})

const TeamChatsRef = builder.objectRef<ChatCounts & { teamId: string }>('TeamChats').implement({
  description: 'The live chats of a report that were requested from one team.',
  fields: (t) => ({
    team: t.prismaField({
      type: TeamRef,
      description: 'The team that was requested.',
      resolve: (query, { teamId }, _arguments, { database }) =>
        database.team.findUniqueOrThrow({ ...query, where: { id: teamId } }),
    }),
    requested: t.exposeInt('requested', { description: NUMBERS.requested }),
    connected: t.exposeInt('connected', { description: NUMBERS.connected }),
    missed: t.exposeInt('missed', { description: NUMBERS.missed }),
    abandoned: t.exposeInt('abandoned', { description: NUMBERS.abandoned }),
    averageMinutes: t.float({ nullable: true, description: LENGTH, resolve: minutesOf }),
  }),
})

interface AgentPart extends AgentChats {
  responses: LiveChatReport['responses']
}

const AgentChatsRef = builder.objectRef<AgentPart>('AgentChats').implement({
  description:
    'The live chats of a report with one agent. A chat that was transferred counts for each agent who had it.',
  fields: (t) => ({
    agent: t.prismaField({
      type: AgentRef,
      description: 'The agent, who may have been removed since.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    offered: t.exposeInt('offered', {
      description: 'How many were offered to the agent, or taken over by the agent.',
    }),
    connected: t.exposeInt('connected', { description: 'How many of them the agent accepted or took over.' }),
    missed: t.exposeInt('missed', {
      description:
        'How many of them the agent let pass: the agent declined the offer, did not answer it in time or became unavailable, and did not accept a later one.',
    }),
    averageMinutes: t.float({
      nullable: true,
      description: `${LENGTH} A chat counts for the agent who had it in the end.`,
      resolve: minutesOf,
    }),
    averageResponseSeconds: t.float({
      nullable: true,
      description: RESPONSE,
      resolve: async ({ agentId, responses }) =>
        responseOf((await responses()).filter((response) => response.agentId === agentId)),
    }),
  }),
})

export const LiveChatReportRef = builder.objectRef<LiveChatReport>('LiveChatReport').implement({
  description: `The live chats that were requested on the days of the report, and what has become of them by now. ${VIEWS_REPORTS}`,
  fields: (t) => {
    const number = (name: keyof typeof NUMBERS) =>
      t.int({
        description: NUMBERS[name],
        resolve: async ({ days }) => sumOf(await days(), noChats)[name],
      })
    return {
      requested: number('requested'),
      connected: number('connected'),
      missed: number('missed'),
      abandoned: number('abandoned'),
      averageMinutes: t.float({
        nullable: true,
        description: LENGTH,
        resolve: async ({ days }) => minutesOf(sumOf(await days(), noChats)),
      }),
      averageResponseSeconds: t.float({
        nullable: true,
        description: RESPONSE,
        complexity: REPORT_COST,
        resolve: async ({ responses }) => responseOf(await responses()),
      }),
      byAgent: t.field({
        type: [AgentChatsRef],
        description: 'The same by the agents to whom they were offered: most `connected` first.',
        complexity: { field: REPORT_COST, multiplier: TYPICAL_PARTS },
        resolve: async ({ agents, responses }) =>
          (await agents()).map((agent): AgentPart => ({ ...agent, responses })),
      }),
      byTeam: t.field({
        type: [TeamChatsRef],
        description:
          'The same by the teams that were requested: most `requested` first. Without those requested from an agent or from everybody, and from teams that were deleted since.',
        complexity: { field: REPORT_COST, multiplier: TYPICAL_PARTS },
        resolve: ({ teams }) => teams(),
      }),
      days: t.field({
        type: [ChatDayRef],
        description: EVERY_DAY,
        complexity: REPORT_COST,
        resolve: async ({ dates, days }) => withDates(dates, await days()),
      }),
    }
  },
})
