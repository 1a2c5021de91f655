// A meeting that somebody booked who only claimed to be the person.
import { beforeEach, describe, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { data } from '../kit/app.ts'
import { book, mutateMeeting } from '../kit/booking.ts'
import {
  CLAIM,
  createGrace,
  EVE,
  GRACE,
  KNOWN,
  PERSON,
  readNode,
  SEEN,
  type Seen,
  visit as startVisit,
} from '../kit/claims.ts'
import { personGlobalId, personOf } from '../kit/people.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const { app, acme, admin, alan, database, mutate } = useScene({ alan: bookable() })
let graceId: string

beforeEach(async () => {
  graceId = await createGrace(app, acme)
})

const visit = (person: object) => startVisit(app, acme, person)
const bookAs = (token: string, input: object) =>
  book(app, { token, input: { target: { agentId: alan.id }, person: null, ...input } })
const read = <Node>(token: string, id: string, select: string) => readNode<Node>(app, token, { id, select })

describe('a meeting that was booked with a claim', () => {
  const INVITATION =
    '{{lead.name}}, {{lead.phone}}, {{lead.crmStatus}}, {{lead.plan}}, {{company.name}}, {{company.ships}}'

  it('shows in its texts what the visitor said, also after a change', async () => {
    const template = { subject: INVITATION, body: '', includeConferenceLink: true }
    await database.invitationTemplate.create({
      data: { workspaceId: acme.workspaceId, agentId: alan.agentId, ...template },
    })
    const { token } = await visit(CLAIM)
    const { id, subject } = await bookAs(token, { startsAt: NINE })
    expect(subject).toBe('Eve Smith, +1 555 0666,, none, Evil, 0')
    const moved = await mutate({
      mutation: 'rescheduleMeeting',
      token,
      input: { meeting: { meetingId: id }, startsAt: TEN },
      select: '... on Meeting { subject }',
    })
    expect(moved).toMatchObject({ subject })
  })

  it('is the visitor’s own for the visitor, and says to staff who claimed what', async () => {
    const { token, person } = await visit(CLAIM)
    const { id } = await bookAs(token, { startsAt: NINE })
    const MEETING = `... on Meeting { person { ${PERSON} } history { actorPerson { id firstName } } }`
    expect(await read(token, id, MEETING)).toEqual({
      person,
      history: [{ actorPerson: { id: person.id, firstName: 'Eve' } }],
    })
    const CLAIMED = 'email firstName lastName jobTitle phone company { name domain attributes } attributes'
    expect(
      await read(
        admin.token,
        id,
        `... on Meeting { verified claimed { ${CLAIMED} } person { id firstName phone } }`,
      ),
    ).toEqual({
      verified: false,
      claimed: CLAIM,
      person: { id: personGlobalId(graceId), firstName: 'Grace', phone: KNOWN.phone },
    })
    const { errors } = await app.execute(
      'query ($id: ID!) { node(id: $id) { ... on Meeting { claimed { email } } } }',
      { token, variables: { id } },
    )
    expect(errors).toMatchObject([{ path: ['node', 'claimed'], extensions: { code: 'FORBIDDEN' } }])
  })

  it('keeps what was said then, when the visitor says that it is somebody else', async () => {
    const { token } = await visit(CLAIM)
    const { id } = await bookAs(token, { startsAt: NINE })
    const { id: laterId } = await bookAs(token, { startsAt: TEN, person: { email: EVE, firstName: 'Anna' } })
    const self = await personOf(app, token)
    const SELECT = `... on Meeting { person { ${PERSON} } }`
    const first = await read<{ person: Seen }>(token, id, SELECT)
    expect(first?.person).toMatchObject(SEEN)
    expect([self.id, personGlobalId(graceId)]).not.toContain(first?.person.id)
    expect((await read<{ person: Seen }>(token, laterId, SELECT))?.person).toEqual({
      ...self,
      lastName: null,
    })
  })

  it('shows what was said to the holder of its link', async () => {
    const { token } = await visit(CLAIM)
    await bookAs(token, { startsAt: NINE })
    const { id: meetingId } = await database.meeting.findFirstOrThrow({ where: { agentId: alan.agentId } })
    const link = signMeetingLink(app.app.services.signer, { meetingId, address: GRACE })
    const { viewer, meetings } = await data<{ viewer: Seen; meetings: { nodes: { person: Seen }[] } }>(
      app.execute(`{ viewer { ... on Person { ${PERSON} } } meetings { nodes { person { ${PERSON} } } } }`, {
        token: link,
      }),
    )
    expect(viewer).toMatchObject(SEEN)
    expect(meetings.nodes).toEqual([{ person: viewer }])
    expect(viewer.id).not.toBe(personGlobalId(graceId))
    expect(await read(link, viewer.id, `... on Person { ${PERSON} }`)).toEqual(viewer)
    const moved = await mutateMeeting(app, {
      mutation: 'rescheduleMeeting',
      input: { manageToken: link, startsAt: TEN },
    })
    expect(moved).toMatchObject({ status: 'RESCHEDULED', person: { id: viewer.id, firstName: 'Eve' } })
  })
})
