// Records a change of a meeting: its entry in the history, the events for subscribers, the mails and the calendar
// entries. It is called last in the transaction that makes the change, because the events lock their streams.
import { v7 as uuidv7 } from 'uuid'
import type {
  Conversation,
  Meeting,
  MeetingChangeKind,
  MeetingChangeReason,
} from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { scheduleCalendarWrites } from '../../calendars/entries/schedule-calendar-writes.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { type NewEvent, newEvent } from '../../events/new-events.ts'
import { type Actor, PRODUCT } from '../../identity/viewer.ts'

interface ChangeOfMeeting {
  /** The meeting after the change. */
  meeting: Meeting
  kind: MeetingChangeKind
  actor: Actor
  /** For people to read. */
  reason: string | null
  /** Left out: a person gave the reason, or there is none. */
  reasonCode?: MeetingChangeReason
  now: Date
  previousStartsAt?: Date
  previousAgentId?: string
  /** Whether the agent made the change in the calendar, so that it is not written there. */
  fromCalendar?: boolean
  /** Whether the change is only recorded and published: no mail is sent and no calendar is written. */
  isQuiet?: boolean
  /** Whether the change took a turn, so that another agent may be next. */
  tookTurn?: boolean
  /** The chat of the meeting, locked; the change is also published to it. */
  conversation?: Pick<Conversation, 'id' | 'agentId'> | null
  /** Further events of the same transaction. */
  otherEvents?: NewEvent[]
}

/** For what the product does with the meetings of a removed agent. */
export const FOR_REMOVED_AGENT = { actor: PRODUCT, reasonCode: 'AGENT_REMOVED' } as const

/** Sends no mails for outcomes and quiet changes, and does not write a change back to the calendar it came from. */
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
      actor: actor.name,
      actorKind: actor.kind,
      actorAgentId: actor.agentId,
      reason,
      reasonCode: change.reasonCode ?? null,
      outcome: kind === 'OUTCOME_RECORDED' ? meeting.outcome : null,
      revision,
      startsAt,
      endsAt,
      agentId,
      previousStartsAt: change.previousStartsAt ?? null,
      previousAgentId: previousAgentId ?? null,
    },
  })
  if (kind !== 'OUTCOME_RECORDED' && !change.isQuiet) {
    await jobs.enlist(tx, 'meeting-mail', [
      { meetingId, recipient: 'VISITOR' },
      { meetingId, recipient: 'AGENT' },
    ])
    if (!change.fromCalendar)
      await scheduleCalendarWrites(tx, { workspaceId, meetingId, agentIds: agentIdsOf(change), now })
  }
  await appendEvents(tx, { workspaceId, at: now, events: eventsOf(change, changeId) })
}

function eventsOf(change: ChangeOfMeeting, changeId: string): NewEvent[] {
  const { meeting, tookTurn, conversation, otherEvents = [] } = change
  const agentIds = agentIdsOf(change)
  const events: NewEvent[] = [newEvent.meetingChanged({ meetingId: meeting.id, changeId, agentIds })]
  if (tookTurn) events.push(newEvent.routingChanged({ kind: 'MEETING', agentIds }))
  if (conversation) events.push(newEvent.conversationChanged(conversation))
  return [...events, ...otherEvents]
}

/** The agents whose calendars and consoles show the meeting, or did before the change. */
function agentIdsOf({ meeting, previousAgentId }: ChangeOfMeeting): string[] {
  return previousAgentId === undefined ? [meeting.agentId] : [meeting.agentId, previousAgentId]
}
