import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import type { Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book, mutateMeeting } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TEN } from '../kit/times.ts'

const { app, admin, ada, beth, visitor, database } = useScene({
  ada: bookable(),
  beth: bookable(),
  visitor: aVisitor,
})

async function historyOf(id: string): Promise<object[]> {
  const query = `query ($id: ID!) { node(id: $id) { ... on Meeting { history {
    kind actor actorKind actorAgent { id } actorPerson { email } reason reasonCode outcome
    startsAt endsAt previousStartsAt agent { id } previousAgent { id }
  } } } }`
  const call = { variables: { id }, token: admin.token }
  return (await data<{ node: { history: object[] } }>(app.execute(query, call))).node.history
}

async function link(): Promise<string> {
  const { id: meetingId, person } = await database.meeting.findFirstOrThrow({
    where: { agentId: beth.agentId },
    include: { person: true },
  })
  return signMeetingLink(app.app.services.signer, { meetingId, address: person.email ?? '' })
}

/** What an entry has of an agent who made the change. */
const by = ({ id, name }: Staff) => ({
  actor: name,
  actorKind: 'AGENT',
  actorAgent: { id },
  actorPerson: null,
})
const BY_VISITOR = {
  actor: 'Visitor',
  actorKind: 'VISITOR',
  actorAgent: null,
  actorPerson: { email: 'grace@navy.example' },
}
const NOTHING_ELSE = {
  reason: null,
  reasonCode: null,
  outcome: null,
  previousStartsAt: null,
  previousAgent: null,
}

it('says who made each change of a meeting, and what the meeting was before', async () => {
  const input = { target: { agentId: ada.id }, startsAt: NINE }
  const { id: meetingId } = await book(app, { token: visitor.token, input })
  const change = (mutation: string, change: object, token?: string) =>
    mutateMeeting(app, { mutation, input: change, ...(token ? { token } : {}) })
  await change('rescheduleMeeting', { meetingId, startsAt: TEN, reason: 'Too early' }, ada.token)
  await change('reassignMeeting', { meetingId, agentId: beth.id }, admin.token)
  await change('cancelMeeting', { manageToken: await link() })
  const ofAda = { ...NOTHING_ELSE, startsAt: TEN, endsAt: at('10:30'), agent: { id: ada.id } }
  const ofBeth = { ...ofAda, agent: { id: beth.id } }
  expect(await historyOf(meetingId)).toEqual([
    { kind: 'BOOKED', ...BY_VISITOR, ...ofAda, startsAt: NINE, endsAt: at('09:30') },
    { kind: 'RESCHEDULED', ...by(ada), ...ofAda, reason: 'Too early', previousStartsAt: NINE },
    { kind: 'REASSIGNED', ...by(admin), ...ofBeth, previousAgent: { id: ada.id } },
    { kind: 'CANCELLED', ...BY_VISITOR, ...ofBeth },
  ])
})

it('has codes for what version 0.1 recorded as sentences', async () => {
  const input = { target: { agentId: ada.id }, startsAt: NINE }
  const { id } = await book(app, { token: visitor.token, input })
  const booked = await database.meetingChange.findFirstOrThrow({
    omit: { id: true },
    where: { agentId: ada.agentId },
  })
  const earlier = [
    {
      kind: 'CALENDAR_CHANGED',
      actor: "The agent's calendar",
      reason: 'The agent moved the meeting in the calendar.',
    },
    { kind: 'REASSIGNED', actor: 'Switchboard', reason: 'Alan Turing is no longer available.' },
    { kind: 'ATTENDEE_CHANGED', actor: 'Switchboard', reason: null },
    { kind: 'OUTCOME_RECORDED', actor: ada.name, reason: 'NO_SHOW', outcome: 'HELD' },
    { kind: 'CANCELLED', actor: 'Visitor', reason: 'Ill' },
  ] as const
  await database.meetingChange.createMany({
    data: earlier.map((change, number) => ({
      ...booked,
      ...change,
      actorKind: 'AGENT' as const,
      at: new Date(booked.at.getTime() + 1000 * (number + 1)),
    })),
  })
  const migration = await readFile('prisma/migrations/20261130150000_linked_history/migration.sql', 'utf8')
  const update = migration.split(';').find((statement) => statement.includes('UPDATE "MeetingChange"'))
  // A later migration renames the kind.
  await database.$executeRawUnsafe((update ?? '').replaceAll('OUTCOME_SET', 'OUTCOME_RECORDED'))
  expect(await historyOf(id)).toMatchObject([
    { kind: 'BOOKED', actorKind: 'VISITOR', reasonCode: null },
    { actorKind: 'CALENDAR', actorAgent: { id: ada.id }, reasonCode: 'EVENT_MOVED' },
    { actorKind: 'SWITCHBOARD', actorAgent: null, reasonCode: 'AGENT_REMOVED' },
    { actorKind: 'SWITCHBOARD', reason: null, reasonCode: null },
    { actorKind: 'AGENT', actorAgent: null, reason: null, outcome: 'NO_SHOW' },
    { actorKind: 'VISITOR', reason: 'Ill', reasonCode: null, outcome: null },
  ])
})
