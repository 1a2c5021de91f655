// Every kind of job there is, with what its handler is given.

export interface MeetingMailJob {
  /** The change to tell of. */
  changeId: string
  /** PREVIOUS_AGENT: who had the meeting before it was reassigned. */
  recipient: 'VISITOR' | 'AGENT' | 'PREVIOUS_AGENT'
}

export interface CalendarWriteJob {
  meetingId: string
  /** Whose calendar: the agent's, or that of the agent who had the meeting before. */
  agentId: string
}

export type Jobs = {
  /** One mail about one change of a meeting. */
  'meeting-mail': MeetingMailJob
  /** Brings an agent's calendar to the meeting's present state. */
  'calendar-write': CalendarWriteJob
  /** Deletes what has expired. */
  tidy: Record<string, never>
}

export const JOB_NAMES: (keyof Jobs)[] = ['meeting-mail', 'calendar-write', 'tidy']

/** Jobs that come again and again, as in cron, in UTC. */
export const JOB_SCHEDULES = { tidy: '*/15 * * * *' }
