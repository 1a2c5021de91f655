import { randomUUID } from 'node:crypto'
import { decodeGlobalID } from '@pothos/plugin-relay'
import { parse, validate } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import type { Example } from '../../src/server/pages/example.ts'
import { createExamples } from '../../src/server/pages/examples.ts'
import { LIVE_EXAMPLES } from '../../src/server/pages/live-examples.ts'
import { fillReferences, unfilledReference } from '../../src/server/pages/references.js'
import { GUESTS } from '../../src/services/demo/activity.ts'
import { seedActivity } from '../../src/services/demo/seed-activity.ts'
import { seedDemo } from '../../src/services/demo/seed-demo.ts'
import { seedDialogues } from '../../src/services/demo/seed-dialogues.ts'
import { data, startApp, startAppForTest, type TestApp, type TestAppOptions } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { eventually } from '../kit/eventually.ts'
import { useApp } from '../kit/scene.ts'

interface Demo {
  workspace: { id: string; name: string; publicKey: string }
  identities: { name: string; email: string; role: string; agentId: string; token: string }[]
  graphql: string
}

const asJson = { headers: { accept: 'application/json' } }
const asPage = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }

describe('the demo', () => {
  const app = useApp(startApp)
  let demo: Demo
  beforeAll(async () => {
    await seedDemo(app.app.services)
    await seedDialogues(app.app.services)
    demo = await app.fetch('/demo', asJson).then((response) => response.json())
  })

  it('answers programs with the workspace, the identities with their tokens, and the endpoint', () => {
    expect(Object.keys(demo)).toEqual(['workspace', 'identities', 'graphql'])
    expect(demo.workspace).toEqual({
      id: expect.any(String),
      name: 'Acme',
      publicKey: expect.stringMatching(/^pk_/),
    })
    expect(decodeGlobalID(demo.workspace.id).typename).toBe('Workspace')
    expect(demo.identities.map(({ role }) => role)).toEqual(['ADMINISTRATOR', ...Array(5).fill('AGENT')])
    expect(demo.graphql).toBe('http://localhost/graphql')
  })

  it('gives each identity its token', async () => {
    for (const { agentId, name, email, token } of demo.identities) {
      const query = '{ viewer { ... on Agent { id name email } } }'
      expect(await data(app.execute(query, { token }))).toEqual({ viewer: { id: agentId, name, email } })
    }
  })

  it('is where the first page redirects', async () => {
    const { status, headers } = await app.fetch('/', asPage)
    expect({ status, location: headers.get('location') }).toEqual({ status: 302, location: '/demo' })
  })

  it('shows people every identity with a link into GraphiQL that carries its token', async () => {
    const response = await app.fetch('/demo', asPage)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const page = await response.text()
    for (const { name, token } of demo.identities) {
      expect(page).toContain(`Open GraphiQL as ${name}`)
      const headers = JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2)
      expect(page).toContain(`href="/graphql#headers=${encodeURIComponent(headers)}"`)
    }
  })

  it('escapes texts of the database in markup and script', async () => {
    const hostile = await startAppForTest()
    const { database } = hostile.app.services
    await seedDemo(hostile.app.services)
    await database.workspace.updateMany({ data: { name: '</script><script>alert(1)</script>' } })
    await database.agent.updateMany({ data: { name: `"><img src=x onerror='alert(1)'>` } })
    const page = await hostile.fetch('/demo', asPage).then((response) => response.text())
    expect(page).not.toMatch(/<script>alert|<img src=x|onerror='/)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    const scripts = [...page.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)
    expect(scripts).toEqual([
      '<script type="application/json" id="demo">',
      '<script type="module" src="/assets/demo.js">',
    ])
  })

  it('is created once, also when two nodes start at the same time', async () => {
    const { services } = app.app
    expect(await Promise.all([seedDemo(services), seedDemo(services)])).toEqual([false, false])
    const fresh = await startAppForTest()
    const made = await Promise.all([seedDemo(fresh.app.services), seedDemo(fresh.app.services)])
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(await fresh.app.services.database.workspace.count()).toBe(1)
  })

  const seedLively = async (options?: TestAppOptions) => {
    const lively = await startAppForTest(options)
    await seedDemo(lively.app.services, { guests: GUESTS })
    return lively
  }

  const countActivity = async ({ app: { services }, clock }: TestApp) => {
    const { person, meeting, meetingChange, conversation, message, consoleLease } = services.database
    return {
      people: await person.count({ where: { email: { not: null } } }),
      held: await meeting.count({ where: { outcome: 'HELD' } }),
      noShow: await meeting.count({ where: { outcome: 'NO_SHOW' } }),
      past: await meeting.count({ where: { endsAt: { lt: clock.now() } } }),
      upcoming: await meeting.count({ where: { startsAt: { gt: clock.now() } } }),
      cancelled: await meeting.count({ where: { status: 'CANCELLED' } }),
      changes: await meetingChange.count(),
      ended: await conversation.count({ where: { state: 'ENDED' } }),
      missed: await conversation.count({ where: { state: 'MISSED' } }),
      messages: await message.count(),
      openConsoles: await consoleLease.count({ where: { expiresAt: { gt: clock.now() } } }),
    }
  }
  const WHOLE = {
    people: 5,
    held: 1,
    noShow: 1,
    past: 3,
    upcoming: 4,
    cancelled: 1,
    changes: 10,
    ended: 2,
    missed: 1,
    messages: 7,
    openConsoles: 0,
  }

  it('begins with people, meetings of the past and to come, and finished chats', async () => {
    const lively = await seedLively()
    await seedActivity(lively.app.services)
    expect(await countActivity(lively)).toEqual(WHOLE)
    expect(lively.faults).toEqual([])
  })

  it('is made whole by later starts when every one of them fails after something was done', async () => {
    const lively = await seedLively()
    const { services } = lively.app
    let failures: Error[]
    do {
      failures = []
      const stopped = new Error('This start ends here.')
      const publish = (streamIds: string[]) => {
        if (streamIds.length > 0) failures.push(stopped)
        if (failures.length > 0) throw stopped
      }
      await seedActivity({ ...services, wakeUps: { ...services.wakeUps, publish }, onError: () => {} })
    } while (failures.length > 0)
    expect(await countActivity(lively)).toEqual(WHOLE)
    await seedActivity(services)
    expect(await countActivity(lively)).toEqual(WHOLE)
    expect(lively.faults).toEqual([])
  })

  it('reports the part that fails, and has the others', async () => {
    const lively = await seedLively()
    const { services } = lively.app
    const where = { name: 'Jack Wilson' }
    await services.database.agent.updateMany({ where, data: { name: 'Jack' } })
    await seedActivity(services)
    expect(lively.faults).toEqual([new Error('The demo has no Jack Wilson.')])
    expect(await countActivity(lively)).toMatchObject({ upcoming: 3, ended: 2, missed: 1 })
    await services.database.agent.updateMany({ where: { name: 'Jack' }, data: where })
    await seedActivity(services)
    expect(await countActivity(lively)).toEqual(WHOLE)
  })

  it('sends no mails to the people that it makes up', async () => {
    const lively = await seedLively({ jobs: true })
    await seedActivity(lively.app.services)
    const query = `mutation { startVisit(input: { publicKey: "pk_demo" }) { ... on Visit { token } } }`
    const { startVisit } = await data<{ startVisit: { token: string } }>(lively.execute(query))
    const startsAt = '2026-03-17T14:00:00.000Z'
    const person = { email: 'grace@navy.test' }
    const input = { target: { roundRobin: true }, startsAt, person }
    expect(await book(lively, { token: startVisit.token, input })).toMatchObject({ __typename: 'Meeting' })
    await eventually(() => expect(lively.mails).toHaveLength(2))
    expect(lively.mails.map(({ text }) => text).join()).toContain('grace@navy.test')
    const jobs = await lively.database.client
      .$queryRaw`SELECT "id" FROM pgboss.job WHERE "name" = 'meeting-mail'`
    expect(jobs).toHaveLength(2)
  })

  it('has agents who can be booked, in turn', async () => {
    const { database } = app.app.services
    const places = await database.routingPlace.findMany({
      where: { kind: 'MEETING' },
      orderBy: { position: 'asc' },
      include: { agent: { include: { calendar: true, meetingAvailability: true } } },
    })
    expect(places.map(({ agent }) => agent.name)).toEqual(demo.identities.slice(1).map(({ name }) => name))
    expect(places.map(({ agent }) => agent.calendar?.state)).toEqual(Array(5).fill('CONNECTED'))
    expect(new Set(places.map(({ agent }) => agent.meetingAvailability?.timeZone)).size).toBe(5)
  })

  /** Runs examples one after the other, each with the answers of those before.
   * @returns the answers */
  const run = async (examples: Example[], answers: Record<string, unknown> = {}) => {
    for (const { name, as, query, variables } of examples) {
      const token = {
        STAFF: demo.identities[0]?.token,
        VISITOR: fillReferences('answer:startVisit.token', answers),
        ANYBODY: undefined,
      }[as]
      const filled = fillReferences(variables, answers)
      expect(unfilledReference(filled), name).toBeNull()
      const answer = await app.execute<Record<string, { message?: string }>>(query, {
        variables: filled,
        ...(token === undefined ? {} : { token }),
      })
      expect(answer.errors, name).toBeUndefined()
      for (const value of Object.values(answer.data ?? {})) expect(value.message, name).toBeUndefined()
      Object.assign(answers, answer.data)
    }
    return answers
  }

  const examples = () =>
    createExamples({ now: app.clock.now(), pageUrl: `${app.app.services.settings.publicUrl}/demo` })

  it('has examples that run one after the other', async () => {
    expect(await run(examples())).toMatchObject({
      rescheduleMeeting: { status: 'RESCHEDULED' },
      cancelMeeting: { status: 'CANCELLED' },
      requestLiveChat: { state: 'MISSED', fallback: { offerMeeting: true } },
      booked: { completed: true },
      // No agent has a console open.
      asked: { pending: [{ kind: 'MEETING' }] },
      dialogues: {
        nodes: expect.arrayContaining([expect.objectContaining({ name: 'Welcome', state: 'PUBLISHED' })]),
      },
    })
  })

  it('has live examples that answer a chat while the console is open', async () => {
    const isSubscription = ({ query }: Example) => query.startsWith('subscription')
    for (const { name, query } of LIVE_EXAMPLES) expect(validate(schema, parse(query)), name).toEqual([])
    const { workspaceId, id: agentId } = await app.app.services.database.agent.findFirstOrThrow({
      where: { name: demo.identities[0]?.name ?? '' },
    })
    await app.app.services.database.consoleLease.create({
      data: {
        nodeId: randomUUID(),
        workspaceId,
        agentId,
        expiresAt: new Date(app.clock.now().getTime() + 15_000),
      },
    })
    const answers = await run([...examples(), ...LIVE_EXAMPLES.filter((example) => !isSubscription(example))])
    expect(answers).toMatchObject({
      requestLiveChat: { state: 'OFFERED' },
      asked: { conversation: { state: 'OFFERED' } },
      acceptChat: { state: 'ACTIVE', agent: { name: demo.identities[0]?.name } },
      sendMessage: { author: 'AGENT' },
    })
  })

  it('has staff who take chats at any hour', async () => {
    const query = '{ agents(first: 10) { nodes { liveChatStatus { available changesAt } } } }'
    const token = demo.identities[0]?.token ?? ''
    for (const now of ['2026-03-01T03:00:00Z', '2026-03-02T08:00:00Z', '2026-03-28T22:59:59Z']) {
      app.clock.set(now)
      expect(await data(app.execute(query, { token }))).toEqual({
        agents: { nodes: Array(6).fill({ liveChatStatus: { available: true, changesAt: null } }) },
      })
    }
  })
})
