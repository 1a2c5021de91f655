// Meetings and their history.
import { toDecision } from '../services/routing/decision.ts'
import { builder } from './builder.ts'
import {
  ActorKindRef,
  CalendarSyncRef,
  MeetingChangeKindRef,
  MeetingChangeReasonRef,
  MeetingOutcomeRef,
  MeetingSourceRef,
  MeetingStatusRef,
} from './meeting-enums.ts'
import { PersonRef } from './person.ts'
import { DecisionRef } from './routing-decision.ts'
import { withProvenance } from './seen-person.ts'
import { GLOBAL_ID, STAFF_ONLY } from './texts.ts'

export const MeetingChangeRef = builder.prismaObject('MeetingChange', {
  description: 'An entry in the history of a meeting.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The instant of the change.' }),
    kind: t.expose('kind', { type: MeetingChangeKindRef, description: 'What changed.' }),
    actor: t.exposeString('actor', {
      description:
        "Who made the change, in English: the name of an agent, `Visitor`, `The agent's calendar` or `Switchboard`. Programs use `actorKind`, `actorAgent` and `actorPerson`.",
    }),
    actorKind: t.expose('actorKind', { type: ActorKindRef, description: 'Who made the change.' }),
    actorAgent: t.relation('actorAgent', {
      nullable: true,
      description:
        'The agent who made the change, here (`AGENT`) or in the calendar (`CALENDAR`); null for others, and in entries of version 0.1.',
    }),
    actorPerson: t.field({
      type: PersonRef,
      nullable: true,
      description: 'The person of the meeting if the visitor made the change (`VISITOR`); null for others.',
      select: (_arguments, _context, nestedSelection) => ({
        actorKind: true,
        meeting: { select: { id: true, claimed: true, person: nestedSelection(true) } },
      }),
      resolve: ({ actorKind, meeting: { id, person, claimed } }) =>
        actorKind === 'VISITOR' ? withProvenance(person, { claimed, meetingId: id }) : null,
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description:
        'The reason that a person gave, or that of `reasonCode` in English; null if there is none.',
    }),
    reasonCode: t.expose('reasonCode', {
      type: MeetingChangeReasonRef,
      nullable: true,
      description: 'The reason; null if a person gave it as `reason`, or if there is none.',
    }),
    outcome: t.expose('outcome', {
      type: MeetingOutcomeRef,
      nullable: true,
      description: 'The outcome that was recorded (`OUTCOME_RECORDED`); null for other changes.',
    }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      description: 'The start of the meeting after the change.',
    }),
    previousStartsAt: t.expose('previousStartsAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The start of the meeting before the change; null if it stayed the same, also if only the end changed.',
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      description: 'The end of the meeting after the change.',
    }),
    agent: t.relation('agent', { description: 'The agent who has the meeting after the change.' }),
    previousAgent: t.relation('previousAgent', {
      nullable: true,
      description: 'The agent who had the meeting before the change; null if it stayed the same.',
    }),
  }),
})

export const MeetingRef = builder.prismaNode('Meeting', {
  id: { field: 'id', description: GLOBAL_ID },
  description:
    'A meeting of an agent with a person. Visible to the visitor who booked it, to verified visitors who are its person (see `identityHash`), to the holder of its link, and to the holder of the link with which it was booked; with MANAGE_MY_MEETINGS, to its agent; with MANAGE_ALL_MEETINGS, to all staff.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    status: t.expose('status', { type: MeetingStatusRef, description: 'The status of the meeting.' }),
    past: t.boolean({
      description: 'Whether the meeting is over at the time of the request.',
      select: { endsAt: true },
      resolve: ({ endsAt }, _arguments, { clock }) => endsAt <= clock.now(),
    }),
    outcome: t.expose('outcome', {
      type: MeetingOutcomeRef,
      nullable: true,
      description: 'Whether the meeting took place; null until it is recorded.',
    }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      description: 'The instant at which the meeting begins.',
    }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'The instant at which the meeting ends.' }),
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: "The visitor's time zone." }),
    agent: t.relation('agent', {
      description: 'The agent who holds the meeting, even if that agent was removed.',
    }),
    person: t.field({
      type: PersonRef,
      description: 'The person to meet.',
      select: (_arguments, _context, nestedSelection) => ({ claimed: true, person: nestedSelection(true) }),
      resolve: ({ id, person, claimed }) => withProvenance(person, { claimed, meetingId: id }),
    }),
    subject: t.exposeString('subject', {
      description: "The title in calendars and mails, made from the agent's `invitation`.",
    }),
    body: t.exposeString('body', {
      description:
        "The text in calendars and mails, made from the agent's `invitation`, with times in the visitor's time zone. Plain text, which may be empty; with the default invitation, it is the agenda.",
    }),
    conferenceUrl: t.expose('conferenceUrl', {
      type: 'URL',
      nullable: true,
      description: 'The address of the video conference; null if there is none.',
    }),
    calendarSync: t.expose('calendarSync', {
      type: CalendarSyncRef,
      description: "Whether the agent's calendar shows the meeting in its present state.",
    }),
    source: t.expose('source', { type: MeetingSourceRef, description: 'Where the meeting was booked.' }),
    pageUrl: t.expose('pageUrl', {
      type: 'URL',
      nullable: true,
      description: 'The address of the web page on which the meeting was booked; null if unknown.',
    }),
    routedBy: t.exposeString('routedBy', {
      description:
        'How the agent was chosen, in English, for example `Round robin over all agents`. `decision` has it for programs.',
    }),
    decision: t.field({
      type: DecisionRef,
      nullable: true,
      description: `The routing decision that chose the present agent; null if there was none. ${STAFF_ONLY}`,
      authScopes: { staff: true },
      select: { decisions: { orderBy: { decidedAt: 'desc' }, take: 1 } },
      resolve: ({ decisions: [decision] }) => (decision === undefined ? null : toDecision(decision)),
    }),
    history: t.relation('history', {
      description: 'The changes of the meeting, oldest first.',
      query: { orderBy: [{ at: 'asc' }, { id: 'asc' }] },
    }),
    confirmedAt: t.expose('confirmedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The instant at which the visitor confirmed the booking with the link in a mail; null if no confirmation was asked for.',
    }),
    bookedAt: t.expose('bookedAt', {
      type: 'DateTime',
      description: 'The instant at which the meeting was booked.',
    }),
    clearedAt: t.expose('clearedAt', {
      type: 'DateTime',
      nullable: true,
      description: `The instant at which what was written for the meeting was removed, because it had been over for long enough, or because its person was erased: \`subject\` and \`body\` are empty, and page, conference and reasons are null. Null as long as it is there. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
  }),
})
