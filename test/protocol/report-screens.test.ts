// The documents of the dashboards (docs/examples): each is one request within the limits that the server has by default.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeGlobalID } from '@pothos/plugin-relay'
import { expect, it } from 'vitest'
import { allowOnly } from '../kit/actors.ts'
import { data, startApp } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { startActiveChat } from '../kit/chat.ts'
import { insertCounts, insertDialogue } from '../kit/report-rows.ts'
import { anAgent, aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

/** The server's defaults (docs/limits.md). */
const limits = { maxCost: 10_000, maxDepth: 12, maxTokens: 1500, maxAliases: 30 }

const { app, acme, admin, ada, beth, cleo, visitor } = useScene(
  { ada: bookable(), beth: forChat, cleo: anAgent, visitor: aVisitor },
  { start: () => startApp({ limits }) },
)
const WEEKS = { from: '2026-03-02', to: '2026-03-08', fromBefore: '2026-02-23', toBefore: '2026-03-01' }

const show = <Shown>(name: string, { token, ...variables }: { token: string; [name: string]: unknown }) => {
  const path = join(import.meta.dirname, `../../docs/examples/${name}.graphql`)
  return data<Shown>(app.execute(readFileSync(path, 'utf8'), { token, variables }))
}

it('a dashboard shows cards, tables and charts of the same days, and those before', async () => {
  const { workspaceId } = acme
  const dialogueId = await insertDialogue(app, { workspaceId })
  const lastWeek = new Date('2026-02-24T12:00:00Z')
  await insertCounts(app, workspaceId, [
    { dialogueId, kind: 'TRIGGERED', at: app.clock.now() },
    { dialogueId, kind: 'TRIGGERED', at: lastWeek },
    { dialogueId, kind: 'TRIGGERED', at: lastWeek },
  ])
  const input = { target: { agentId: ada.id }, startsAt: NINE }
  await book(app, { token: visitor.token, input })
  await startActiveChat(app, acme, { agent: beth, visitor })
  const dashboard = await show('reports', { ...WEEKS, timeZone: 'Europe/Berlin', token: admin.token })
  expect(dashboard).toMatchObject({
    now: {
      dialogues: {
        triggered: 1,
        days: [{ date: '2026-03-02', triggered: 1 }, ...Array(6).fill({ triggered: 0 })],
      },
      byDialogue: [{ name: 'Welcome', dialogue: { state: 'DRAFT' }, triggered: 1 }],
      meetings: { booked: 1, byAgent: [{ agent: { name: 'Ada Lovelace' }, count: 1 }] },
      liveChat: { requested: 1, connected: 1, byAgent: [{ agent: { id: beth.id } }], byTeam: [] },
    },
    before: { dialogues: { triggered: 2 }, meetings: { booked: 0 }, liveChat: { averageMinutes: null } },
    waiting: { totalCount: 0 },
  })
})

it('a dashboard of 24 months is within the limits, and empty where the viewer may not look', async () => {
  await allowOnly(app, cleo, ['VIEW_REPORTS'])
  const years = { from: '2024-03-08', to: '2026-03-08', fromBefore: '2022-03-08', toBefore: '2024-03-07' }
  const path = join(import.meta.dirname, '../../docs/examples/reports.graphql')
  const variables = { ...years, timeZone: 'Europe/Berlin' }
  const answer = await app.execute<{ now: { dialogues: { days: object[] } } }>(readFileSync(path, 'utf8'), {
    token: cleo.token,
    variables,
  })
  expect(answer.data?.now.dialogues.days).toHaveLength(731)
  expect(answer).toMatchObject({
    data: { waiting: { totalCount: null } },
    errors: [{ path: ['waiting', 'totalCount'] }],
  })
})

it('the report of a dialogue shows its cards', async () => {
  const { workspaceId } = acme
  const dialogueId = await insertDialogue(app, { workspaceId })
  const row = { dialogueId, at: app.clock.now() }
  await insertCounts(app, workspaceId, [
    { ...row, kind: 'TRIGGERED' },
    { ...row, kind: 'CARD_SHOWN', occurrence: 'hello' },
  ])
  const id = encodeGlobalID('Dialogue', dialogueId)
  expect(await show('dialogue-report', { id, token: admin.token })).toMatchObject({
    node: {
      name: 'Welcome',
      report: { triggered: 1, engagementRate: 0, cards: [{ cardKey: 'hello', shown: 1 }] },
    },
  })
})
