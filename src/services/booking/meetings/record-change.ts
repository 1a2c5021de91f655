// What every change of a meeting has in common: its entry in the history, the event for subscribers and the
// jobs that tell the outside. Called last in the transaction that makes the change.
import { v7 as uuidv7 } from 'uuid'
import type { Conversation, Meeting, MeetingChangeKind } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { enterInCalendars } from '../../calendars/entries/enter-in-calendars.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { type NewEvent, newEvent } from '../../events/new-events.ts'
import type { MeetingMailJob } from '../../jobs.ts'

export interface ChangeOfMeeting {
  /** The meeting after the change. */
  meeting: Meeting
  kind: MeetingChangeKind
  /** Who did it, for people to read (see `actorOf`). */
  actor: string
  reason: string | null
  now: Date
  previousStartsAt?: Date
  previousAgentId?: string
  /** Whether the agent did it in the calendar, where it stands already. */
  fromCalendar?: boolean
  /** Whether it is for the history only, and no mail is written about it. */
  tellsNobody?: boolean
  /** Whether it took a turn, so that somebody else is next. */
  tookTurn?: boolean
  /** The chat in which it was done, locked: those who talk are told too. */
  conversation?: Pick<Conversation, 'id' | 'agentId'> | null
  /** What else is told. */
  also?: NewEvent[]
}

export async function recordChange(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, change }: { tx: Transaction; change: ChangeOfMeeting },
): Promise<void> {
  const { meeting, kind, actor, reason, now, previousAgentId } = change
  const { id: meetingId, workspaceId, agentId, startsAt, endsAt, revision } = meeting
  const changeId = uuidv7()
  await tx.meetingChange.create({
    data: {
      id: changeId,
      workspaceId,
      meetingId,
      at: now,
      kind,
      actor,
      reason,
      revision,
      startsAt,
      endsAt,
      agentId,
      previousStartsAt: change.previousStartsAt ?? null,
      previousAgentId: previousAgentId ?? null,
    },
  })
  if (kind !== 'OUTCOME_SET' && !change.tellsNobody) {
    await jobs.enlist(tx, 'meeting-mail', mailsOf(changeId, previousAgentId))
    if (!change.fromCalendar)
      await enterInCalendars(tx, { workspaceId, meetingId, agentIds: agentIdsOf(change), now })
  }
  await appendEvents(tx, { workspaceId, at: now, events: eventsOf(change, changeId) })
}

function eventsOf(change: ChangeOfMeeting, changeId: string): NewEvent[] {
  const { meeting, tookTurn, conversation, also = [] } = change
  const agentIds = agentIdsOf(change)
  const events: NewEvent[] = [newEvent.meetingChanged({ meetingId: meeting.id, changeId, agentIds })]
  if (tookTurn) events.push(newEvent.routingChanged({ kind: 'MEETING' }))
  if (conversation) events.push(newEvent.conversationUpdated(conversation))
  return [...events, ...also]
}

/** Whose calendars and consoles show it, or did. */
function agentIdsOf({ meeting, previousAgentId }: ChangeOfMeeting): string[] {
  return previousAgentId === undefined ? [meeting.agentId] : [meeting.agentId, previousAgentId]
}

function mailsOf(changeId: string, previousAgentId: string | undefined): MeetingMailJob[] {
  const recipients: MeetingMailJob['recipient'][] = ['VISITOR', 'AGENT']
  if (previousAgentId !== undefined) recipients.push('PREVIOUS_AGENT')
  return recipients.map((recipient) => ({ changeId, recipient }))
}
