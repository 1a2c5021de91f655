// Reports as files for spreadsheets.
import { describe, expect, it } from 'vitest'
import { allowOnly } from '../kit/actors.ts'
import { type Answer, data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { requestChat, startActiveChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { readCsv } from '../kit/csv.ts'
import { insertCounts, insertDialogue } from '../kit/report-rows.ts'
import { anAgent, aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { slotAt } from '../kit/times.ts'

const { app, acme, admin, ada, beth, cleo, visitor, other, database, mutate } = useScene({
  ada: bookable(),
  beth: forChat,
  cleo: anAgent,
  visitor: aVisitor,
  other: aVisitor,
})

const WEEK = { from: '2026-03-01', to: '2026-03-07', timeZone: 'Europe/Berlin' }
type File = { exportReport: { name: string; mediaType: string; content: string } }

function exportReport(
  kind: string,
  { token = admin.token, ...range }: Partial<typeof WEEK> & { token?: string } = {},
): Promise<Answer<File>> {
  const query = `query ($kind: ReportKind!, $from: Date!, $to: Date!, $timeZone: TimeZone!) {
    exportReport(kind: $kind, from: $from, to: $to, timeZone: $timeZone) { name mediaType content }
  }`
  return app.execute(query, { variables: { kind, ...WEEK, ...range }, token })
}

const tableOf = async (kind: string) => readCsv((await data(exportReport(kind))).exportReport.content)

describe('an exported report', () => {
  it('has a name, a media type, and a header also without rows', async () => {
    expect(await data(exportReport('MEETINGS'))).toEqual({
      exportReport: {
        name: 'meetings-2026-03-01-to-2026-03-07.csv',
        mediaType: 'text/csv; charset=utf-8; header=present',
        content: 'date,agent,email,booked,cancelled,noShows\r\n',
      },
    })
  })

  it('is for staff with EXPORT_REPORTS, which VIEW_REPORTS does not replace', async () => {
    await allowOnly(app, cleo, ['VIEW_REPORTS'])
    expect(await exportReport('MEETINGS', { token: cleo.token })).toMatchObject({
      data: { exportReport: null },
      errors: [{ extensions: { code: 'FORBIDDEN', permission: 'EXPORT_REPORTS' } }],
    })
  })

  it('has a row for each day and dialogue', async () => {
    const { workspaceId } = acme
    const welcome = await insertDialogue(app, { workspaceId, name: 'Welcome, "you"' })
    const formula = await insertDialogue(app, { workspaceId, name: '=1+1' })
    const late = new Date('2026-03-02T23:30:00Z')
    await insertCounts(app, workspaceId, [
      { dialogueId: welcome, kind: 'TRIGGERED', at: app.clock.now() },
      { dialogueId: welcome, kind: 'TRIGGERED', at: app.clock.now() },
      { dialogueId: welcome, kind: 'GOAL_REACHED', at: app.clock.now() },
      { dialogueId: welcome, kind: 'ENGAGED', at: late },
      { dialogueId: welcome, kind: 'CARD_SHOWN', at: late, occurrence: 'first' },
      { dialogueId: formula, kind: 'COMPLETED', at: late },
    ])
    expect(await tableOf('DIALOGUES')).toEqual([
      'date dialogue kind triggered engaged completed peopleAcquired meetingsBooked goalsReached'.split(' '),
      ['2026-03-02', 'Welcome, "you"', 'DIALOGUE', '2', '0', '0', '0', '0', '1'],
      ['2026-03-03', "'=1+1", 'DIALOGUE', '0', '0', '1', '0', '0', '0'],
      ['2026-03-03', 'Welcome, "you"', 'DIALOGUE', '0', '1', '0', '0', '0', '0'],
    ])
  })

  it('has a row for each day and agent with meetings', async () => {
    for (const number of [0, 1]) {
      const input = { target: { agentId: ada.id }, startsAt: slotAt(number) }
      const { id: meetingId } = await book(app, { token: visitor.token, input })
      if (number === 0) continue
      const call = { token: admin.token, select: '' }
      await mutate({ mutation: 'cancelMeeting', input: { meeting: { meetingId } }, ...call })
    }
    const [, ...rows] = await tableOf('MEETINGS')
    expect(rows).toEqual([['2026-03-02', 'Ada Lovelace', ada.email, '2', '1', '0']])
  })

  it('has a row for each day and agent with live chats, and one for those that nobody had', async () => {
    const conversationId = await startActiveChat(app, acme, { agent: beth, visitor })
    app.clock.advance(2.5 * MINUTE)
    await mutate({ mutation: 'endChat', input: { conversationId }, token: beth.token, select: '' })
    await requestChat(app, other.token, { target: { agentId: ada.id } })
    expect(await tableOf('LIVE_CHAT')).toEqual([
      'date agent email requested connected missed abandoned averageMinutes'.split(' '),
      ['2026-03-02', 'Beth Moore', beth.email, '1', '1', '0', '0', '2.5'],
      ['2026-03-02', '', '', '1', '0', '1', '0', ''],
    ])
  })

  it('is refused if it had too many rows', async () => {
    const { workspaceId } = acme
    await database.$executeRaw`
      WITH dialogue AS (
        INSERT INTO "Dialogue" ("id", "workspaceId", "kind", "name", "priority", "draft", "createdAt", "updatedAt")
        SELECT gen_random_uuid(), ${workspaceId}::uuid, 'FLOW', 'Flow ' || n, n, '{}', now(), now()
        FROM generate_series(1, 40) n RETURNING "id"
      )
      INSERT INTO "DialogueCount" ("workspaceId", "dialogueId", "kind", "visitorId", "sessionId", "at", "known")
      SELECT ${workspaceId}::uuid, "id", 'TRIGGERED', gen_random_uuid(), "id", at, false
      FROM dialogue, generate_series(timestamptz '2024-04-01 12:00Z', '2025-08-14 12:00Z', '1 day') at`
    const { errors } = await exportReport('DIALOGUES', { from: '2024-03-07' })
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['to'], code: 'TOO_MANY', limit: 20_000 }],
    })
    const { data: answered } = await exportReport('DIALOGUES', { from: '2024-05-01' })
    expect(readCsv(answered?.exportReport.content ?? '')).toHaveLength(1 + 40 * 471)
  })
})
