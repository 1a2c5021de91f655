import { describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { slotAt } from '../kit/times.ts'

const { app, admin, one, visitor, database, mutate } = useScene({
  one: bookable({ name: 'One' }),
  two: bookable({ name: 'Two' }),
  visitor: aVisitor,
})

describe('explainRouting', () => {
  it('says who would be chosen and who is skipped, without taking a turn', async () => {
    await book(app, { token: visitor.token, input: { target: { agentId: one.id }, startsAt: slotAt(0) } })
    const query = `query ($startsAt: DateTime) {
      explainRouting(kind: MEETING, target: { roundRobin: true }, startsAt: $startsAt) {
        decisionId pool agent { name }
        steps { stage label outcome outcomeCode agent { id } team { id } skipped { agent { name } ineligibleBecause } }
      }
    }`
    const explain = () => data(app.execute(query, { variables: { startsAt: slotAt(0) }, token: admin.token }))
    const expected = {
      explainRouting: {
        decisionId: null,
        pool: 'Round robin over all agents',
        agent: { name: 'Two' },
        steps: [
          {
            stage: 'ROUND_ROBIN',
            agent: null,
            team: null,
            outcomeCode: 'CHOSEN',
            outcome: 'It is the turn of the first eligible agent after the one served last.',
            skipped: [{ agent: { name: 'One' }, ineligibleBecause: ['NOT_AVAILABLE'] }],
          },
        ],
      },
    }
    expect(await explain()).toMatchObject(expected)
    expect(await explain()).toMatchObject(expected)
  })

  it('refers to the requested agent or team', async () => {
    const explain = async (target: object) => {
      const query = `query ($target: RoutingTargetInput!) { explainRouting(kind: MEETING, target: $target) {
        steps { stage outcomeCode agent { name } team { name } } } }`
      const call = { variables: { target }, token: admin.token }
      return (await data<{ explainRouting: object }>(app.execute(query, call))).explainRouting
    }
    expect(await explain({ agentId: one.id })).toEqual({
      steps: [{ stage: 'AGENT', outcomeCode: 'CHOSEN', agent: { name: 'One' }, team: null }],
    })
    const team = await mutate({
      mutation: 'saveTeam',
      input: { name: 'Europe', agentIds: [] },
      token: admin.token,
      select: '... on Team { id }',
    })
    expect(await explain({ teamId: team.id })).toEqual({
      steps: [
        { stage: 'TEAM', outcomeCode: 'NONE_ELIGIBLE', agent: null, team: { name: 'Europe' } },
        { stage: 'FALLBACK', outcomeCode: 'FALLBACK_SHOWN', agent: null, team: null },
      ],
    })
  })
})

describe('a recorded decision', () => {
  const decisionOf = async (meetingId: string) => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Meeting { decision {
      agent { id } steps { stage outcomeCode agent { id } team { id } } } } } }`
    const call = { variables: { id: meetingId }, token: admin.token }
    return (await data<{ node: { decision: object } }>(app.execute(query, call))).node.decision
  }

  it('refers to the requested agent', async () => {
    const input = { target: { agentId: one.id }, startsAt: slotAt(0) }
    const meeting = await book(app, { token: visitor.token, input })
    expect(await decisionOf(meeting.id)).toEqual({
      agent: { id: one.id },
      steps: [{ stage: 'AGENT', outcomeCode: 'CHOSEN', agent: { id: one.id }, team: null }],
    })
  })

  it('refers to the requested team, as long as the team exists', async () => {
    const input = { name: 'Europe', agentIds: [one.id] }
    const team = await mutate({
      mutation: 'saveTeam',
      input,
      token: admin.token,
      select: '... on Team { id }',
    })
    const booking = { target: { teamId: team.id }, startsAt: slotAt(0) }
    const meeting = await book(app, { token: visitor.token, input: booking })
    const step = { stage: 'TEAM', outcomeCode: 'CHOSEN', agent: null }
    expect(await decisionOf(meeting.id)).toMatchObject({ steps: [{ ...step, team: { id: team.id } }] })
    await mutate({ mutation: 'deleteTeam', input: { teamId: team.id }, token: admin.token, select: '' })
    expect(await decisionOf(meeting.id)).toMatchObject({ steps: [{ ...step, team: null }] })
  })

  it('of version 0.1 has the code of its sentence, and no references', async () => {
    const input = { target: { agentId: one.id }, startsAt: slotAt(0) }
    const meeting = await book(app, { token: visitor.token, input })
    await database.routingDecision.updateMany({
      where: { agentId: one.agentId },
      data: {
        steps: [
          { stage: 'AGENT', label: 'Agent One', outcome: 'No agent is eligible.', skipped: [] },
          {
            stage: 'FALLBACK',
            label: 'Fallback',
            outcome: 'The visitor is shown the fallback.',
            skipped: [],
          },
        ],
      },
    })
    expect(await decisionOf(meeting.id)).toMatchObject({
      steps: [
        { outcomeCode: 'NONE_ELIGIBLE', agent: null },
        { outcomeCode: 'FALLBACK_SHOWN', agent: null },
      ],
    })
  })
})
