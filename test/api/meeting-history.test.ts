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
