// What becomes of the meetings to come of an agent who is removed.
import { beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../src/app.ts'
import { settleMeetings } from '../../src/services/agents/settle-meetings.ts'
import { data, startApp } from '../kit/app.ts'
import { book, mutateMeeting } from '../kit/booking.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TEN } from '../kit/times.ts'

const ELEVEN = at('11:00')
const VISITOR = 'grace@navy.example'
const REMOVAL = 'removedAt removal { meetings total reassigned cancelled kept finishedAt }'

interface SeenMeeting {
  id: string
  startsAt: string
  status: string
  agent: { name: string }
  history: { kind: string; actor: string; reason: string | null }[]
}

/** Ada has meetings at NINE, TEN and ELEVEN; Beth could take the first and the last. */
function useRemovalScene({ jobs }: { jobs: boolean }) {
  const scene = useScene(
    { ada: bookable(), beth: bookable(), visitor: aVisitor },
    { start: () => startApp({ jobs }) },
  )
  const { app, acme, admin, ada, beth, visitor, database, mutate } = scene
  const bookAt = (startsAt: string, agentId: string) =>
    book(app, { token: visitor.token, input: { target: { agentId }, startsAt, person: { email: VISITOR } } })
  beforeEach(async () => {
    for (const startsAt of [NINE, TEN, ELEVEN]) await bookAt(startsAt, ada.id)
    await bookAt(TEN, beth.id)
  })
  return {
    ...scene,
    /** @returns the mutation's answer */
    remove: (meetings?: string) =>
      mutate({
        mutation: 'removeAgent',
        input: { agentId: ada.id, ...(meetings ? { meetings } : {}) },
        token: admin.token,
        select: `... on Agent { ${REMOVAL} }`,
      }),
    removal: async () => {
      const query = `query ($id: ID!) { node(id: $id) { ... on Agent { ${REMOVAL} } } }`
      const call = { variables: { id: ada.id }, token: admin.token }
      return (await data<{ node: { removal: Record<string, unknown> } }>(app.execute(query, call))).node
        .removal
    },
    meetings: async (filter: object = {}) => {
      const query = `query ($filter: MeetingFilter) { meetings(first: 20, filter: $filter) { nodes {
        id startsAt status agent { name } history { kind actor actorKind actorAgent { id } reason reasonCode }
      } } }`
      const call = { variables: { filter }, token: admin.token }
      const answer = await data<{ meetings: { nodes: SeenMeeting[] } }>(app.execute(query, call))
      return answer.meetings.nodes
    },
    /** The types of the events of the workspace's stream. */
    eventTypes: async () => {
      const where = { streamId: `workspace:${acme.workspaceId}` }
      const events = await database.event.findMany({ where, orderBy: { seq: 'asc' } })
      return events.map(({ type }) => type)
    },
  }
}

const shown = ({ startsAt, status, agent }: SeenMeeting) => [startsAt, status, agent.name]

describe('removeAgent', () => {
  const { app, admin, removal, remove, meetings, database, eventTypes } = useRemovalScene({ jobs: true })

  const finished = () =>
    eventually(async () => expect(await removal()).not.toMatchObject({ finishedAt: null }))
  /** Not those of another test's workspace, which may come late. */
  const mailsAboutRemoval = () =>
    app.mails.filter(({ to, subject }) => to.address === admin.email && subject.startsWith('Meetings of'))
  /** Waits until no job is left. */
  const jobsDone = () =>
    eventually(async () => {
      const [row] = await database.$queryRaw<{ left: number }[]>`
          SELECT count(*)::int AS "left" FROM pgboss.job WHERE "state" < 'completed'`
      expect(row?.left).toBe(0)
    })

  it('gives the meetings to the next agents who can take them; those that nobody can take stay', async () => {
    expect(await remove('REASSIGN')).toMatchObject({
      removedAt: app.clock.now().toISOString(),
      removal: { meetings: 'REASSIGN', total: 3 },
    })
    await finished()
    expect(await removal()).toMatchObject({ total: 3, reassigned: 2, cancelled: 0, kept: 1 })
    const all = await meetings()
    expect(all.map(shown)).toEqual([
      [NINE, 'SCHEDULED', 'Beth Moore'],
      [TEN, 'SCHEDULED', 'Ada Lovelace'],
      [TEN, 'SCHEDULED', 'Beth Moore'],
      [ELEVEN, 'SCHEDULED', 'Beth Moore'],
    ])
    expect(all[0]?.history.at(-1)).toEqual({
      kind: 'REASSIGNED',
      actor: 'Switchboard',
      actorKind: 'SWITCHBOARD',
      actorAgent: null,
      reason: 'Ada Lovelace is no longer available.',
      reasonCode: 'AGENT_REMOVED',
    })
    expect((await eventTypes()).filter((type) => type === 'AgentChanged')).toHaveLength(2)
  })

  it('cancels the meetings, and the visitors are notified', async () => {
    await remove('CANCEL')
    await finished()
    expect(await removal()).toMatchObject({ total: 3, reassigned: 0, cancelled: 3, kept: 0 })
    await jobsDone()
    const cancellations = app.mails.filter(
      ({ to, subject }) => to.address === VISITOR && subject.startsWith('Cancelled'),
    )
    expect(cancellations).toHaveLength(3)
    expect(cancellations[0]?.text).toContain('Ada Lovelace is no longer available.')
  })

  it('keeps the meetings by default, and `needsAgent` finds them', async () => {
    expect(await remove()).toMatchObject({ removal: { meetings: 'KEEP', total: 3, kept: 3 } })
    await finished()
    const left = await meetings({ needsAgent: true })
    expect(left.map(shown)).toEqual([NINE, TEN, ELEVEN].map((start) => [start, 'SCHEDULED', 'Ada Lovelace']))
    expect((await meetings({ needsAgent: false })).map(shown)).toEqual([[TEN, 'SCHEDULED', 'Beth Moore']])
    const [first, second] = left
    for (const [mutation, meeting] of [
      ['reassignMeeting', first],
      ['cancelMeeting', second],
    ] as const) {
      await mutateMeeting(app, { mutation, token: admin.token, input: { meetingId: meeting?.id } })
    }
    expect((await meetings({ needsAgent: true })).map(shown)).toEqual([[ELEVEN, 'SCHEDULED', 'Ada Lovelace']])
    expect(await removal()).toMatchObject({ reassigned: 1, cancelled: 1, kept: 1 })
    app.clock.set(at('11:30'))
    expect(await meetings({ needsAgent: true })).toEqual([])
  })

  it('notifies those who manage agents by one mail, which has the counts', async () => {
    await remove('REASSIGN')
    await finished()
    await jobsDone()
    const [mail, ...others] = mailsAboutRemoval()
    expect(others).toEqual([])
    expect(mail?.to.address).toBe(admin.email)
    expect(mail?.subject).toBe('Meetings of Ada Lovelace, who was removed')
    expect(mail?.text).toMatch(/Reassigned: +2/)
    expect(mail?.text).toMatch(/Left: +1\. /)
  })

  it('is done at once, without a mail, when no meeting is to come', async () => {
    app.clock.set(at('12:00'))
    const finishedAt = app.clock.now().toISOString()
    expect(await remove('CANCEL')).toMatchObject({ removal: { total: 0, finishedAt } })
    await jobsDone()
    expect(mailsAboutRemoval()).toEqual([])
  })
})

describe('the job', () => {
  const { app, admin, ada, beth, removal, remove, meetings, database } = useRemovalScene({ jobs: false })

  const settle = (services: App['services'] = app.app.services) =>
    settleMeetings(services, { agentId: ada.agentId })
  const mailJobs = async () => {
    const [row] = await database.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS "count" FROM pgboss.job WHERE "name" = 'removal-mail'
        AND "data"->>'agentId' = ${ada.agentId}`
    return row?.count
  }

  /** Parts of an application that ends right after it has committed a change. */
  function endingAfterCommit(): App['services'] {
    const { services } = app.app
    let isOver = false
    return {
      ...services,
      clock: {
        ...services.clock,
        now: () => {
          if (isOver) throw new Error('The node was killed.')
          return services.clock.now()
        },
      },
      wakeUps: {
        ...services.wakeUps,
        publish: () => {
          isOver = true
          throw new Error('The node was killed.')
        },
      },
    }
  }

  it('goes on after a kill where it was, and changes each meeting once', async () => {
    await remove('REASSIGN')
    await expect(settle(endingAfterCommit())).rejects.toThrow('killed')
    expect(await removal()).toMatchObject({ reassigned: 1, kept: 2, finishedAt: null })
    await settle()
    await settle()
    expect(await removal()).toMatchObject({ reassigned: 2, kept: 1, finishedAt: expect.any(String) })
    const changes = (await meetings({ agentIds: [beth.id] })).map(({ history }) => history.length)
    expect(changes).toEqual([2, 1, 2])
    expect(await mailJobs()).toBe(1)
  })

  it('has the same effect when two nodes run it at a time', async () => {
    await remove('REASSIGN')
    await Promise.all([settle(), settle(), settle()])
    expect(await removal()).toMatchObject({ reassigned: 2, kept: 1 })
    const changes = (await meetings({ agentIds: [beth.id] })).map(({ history }) => history.length)
    expect(changes).toEqual([2, 1, 2])
    expect(await mailJobs()).toBe(1)
  })

  it('leaves a meeting alone that somebody has given to another agent meanwhile', async () => {
    await remove('CANCEL')
    const [first] = await meetings({ agentIds: [ada.id] })
    const call = { mutation: 'reassignMeeting', token: admin.token }
    await mutateMeeting(app, { ...call, input: { meetingId: first?.id, agentId: beth.id } })
    await settle()
    expect(await removal()).toMatchObject({ reassigned: 1, cancelled: 2, kept: 0 })
    expect((await meetings({ status: ['SCHEDULED'] })).map(({ id }) => id)).toContain(first?.id)
  })
})
