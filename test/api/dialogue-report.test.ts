// The report of one dialogue.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { beforeEach, describe, expect, it } from 'vitest'
import { allowOnly } from '../kit/actors.ts'
import { type Answer, data } from '../kit/app.ts'
import { countStatements } from '../kit/count-statements.ts'
import { type CountRow, insertCounts, insertDialogue, insertVersion } from '../kit/report-rows.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const { app, acme, admin, cleo } = useScene({ cleo: anAgent })

const ZERO = {
  ...{ triggered: 0, engaged: 0, completed: 0, peopleAcquired: 0, meetingsBooked: 0, goalsReached: 0 },
}
const NUMBERS = Object.keys(ZERO).join(' ')
const DAY = { from: '2026-03-02', to: '2026-03-02', timeZone: 'UTC' }

let dialogueId = ''
beforeEach(async () => {
  dialogueId = await insertDialogue(app, { workspaceId: acme.workspaceId })
})

const count = (...rows: (Partial<CountRow> & Pick<CountRow, 'kind'>)[]) =>
  insertCounts(
    app,
    acme.workspaceId,
    rows.map((row) => ({ dialogueId, at: app.clock.now(), ...row })),
  )

async function askAs(
  token: string,
  fields: string,
  range: Partial<typeof DAY> = DAY,
): Promise<Answer<object>> {
  const query = `query ($id: ID!, $from: Date, $to: Date, $timeZone: TimeZone) {
    node(id: $id) { ... on Dialogue { name report(from: $from, to: $to, timeZone: $timeZone) { ${fields} } } }
  }`
  const variables = { id: encodeGlobalID('Dialogue', dialogueId), ...range }
  return app.execute(query, { variables, token })
}

async function report(fields: string, range?: Partial<typeof DAY>): Promise<Record<string, unknown>> {
  const answer = askAs(admin.token, fields, range) as Promise<
    Answer<{ node: { report: Record<string, unknown> } }>
  >
  return (await data(answer)).node.report
}

describe('the report of a dialogue', () => {
  it('counts what visitors did in it, and in no other', async () => {
    const other = await insertDialogue(app, { workspaceId: acme.workspaceId })
    await count(
      { kind: 'TRIGGERED' },
      { kind: 'TRIGGERED', at: new Date('2026-03-03T00:00:00Z') },
      { kind: 'MEETING_BOOKED' },
      { kind: 'MEETING_BOOKED' },
      { kind: 'ENGAGED', dialogueId: other },
    )
    const day = { ...ZERO, triggered: 1, meetingsBooked: 2 }
    const fields = `${NUMBERS} days { date ${NUMBERS} }`
    expect(await report(fields)).toEqual({ ...day, days: [{ date: DAY.from, ...day }] })
    expect(await report(fields, { ...DAY, to: '2026-03-03' })).toEqual({
      ...{ ...day, triggered: 2 },
      days: [
        { date: '2026-03-02', ...day },
        { date: '2026-03-03', ...ZERO, triggered: 1 },
      ],
    })
  })

  it('is about the last 30 days in the zone of the workspace if nobody says otherwise', async () => {
    // It is the 3rd in Berlin.
    app.clock.set('2026-03-02T23:30:00Z')
    await count({ kind: 'TRIGGERED' }, { kind: 'TRIGGERED', at: new Date('2026-02-01T22:30:00Z') })
    const asked = await report('from to timeZone triggered days { date }', {})
    expect(asked).toMatchObject({
      timeZone: 'Europe/Berlin',
      from: '2026-02-02',
      to: '2026-03-03',
      triggered: 1,
    })
    expect(asked.days).toHaveLength(30)
    expect(await report('from to', { to: '2026-01-10' })).toEqual({ from: '2025-12-12', to: '2026-01-10' })
    expect(await report('timeZone to', { timeZone: 'UTC' })).toEqual({ timeZone: 'UTC', to: '2026-03-02' })
    const { errors } = await askAs(admin.token, 'triggered', { from: '2026-03-04' })
    expect(errors?.[0]?.extensions?.issues).toMatchObject([{ path: ['to'], code: 'CONFLICTING' }])
  })

  it('requires VIEW_REPORTS, and is null in a dialogue that the viewer may read otherwise', async () => {
    await allowOnly(app, cleo, ['VIEW_DIALOGUES'])
    expect(await askAs(cleo.token, 'triggered')).toMatchObject({
      data: { node: { name: 'Welcome', report: null } },
      errors: [{ extensions: { code: 'FORBIDDEN', permission: 'VIEW_REPORTS' } }],
    })
    await allowOnly(app, cleo, ['VIEW_DIALOGUES', 'VIEW_REPORTS'])
    expect(await askAs(cleo.token, 'triggered')).toEqual({
      data: { node: { name: 'Welcome', report: { triggered: 0 } } },
    })
  })

  it('takes as many statements for many dialogues and days as for few', async () => {
    const read = (range: string) =>
      countStatements(() =>
        data(
          app.execute(
            `{ dialogues(first: 50) { nodes { report${range} { triggered days { engaged } cards { shown } } } } }`,
            { token: admin.token },
          ),
        ),
      )
    const few = await read('(from: "2026-03-01", to: "2026-03-02")')
    for (let number = 0; number < 5; number += 1) {
      await insertDialogue(app, { workspaceId: acme.workspaceId })
      await count({ kind: 'TRIGGERED' }, { kind: 'CARD_SHOWN', occurrence: 'first' })
    }
    expect(await read('(from: "2024-04-01", to: "2026-03-02")')).toBe(few)
  })
})

describe('the cards of a report', () => {
  const CARDS = 'cards { cardKey shown answered left }'
  const cardsOf = async (range?: Partial<typeof DAY>) =>
    (
      (await report(CARDS, range)).cards as {
        cardKey: string
        shown: number
        answered: number
        left: number
      }[]
    ).map(({ cardKey, shown, answered, left }) => `${cardKey} ${shown} ${answered} ${left}`)
  const publish = (
    cards: Parameters<typeof insertVersion>[1]['cards'],
    { number = 1, publishedAt = '2026-03-01T08:00:00Z' } = {},
  ) => {
    const { workspaceId } = acme
    return insertVersion(app, { workspaceId, dialogueId, cards, number, publishedAt: new Date(publishedAt) })
  }
  const show = (cardKey: string, { shown = 1, answered = 0 }) =>
    count(
      ...Array.from({ length: shown }, () => ({ kind: 'CARD_SHOWN' as const, occurrence: cardKey })),
      ...Array.from({ length: answered }, () => ({ kind: 'CARD_ANSWERED' as const, occurrence: cardKey })),
    )

  it('say where visitors stop: at cards that wait for an answer and got none', async () => {
    await publish([
      { key: 'hello', kind: 'MESSAGE', next: 'ask' },
      { key: 'ask', kind: 'QUESTION', next: 'mail' },
      { key: 'mail', kind: 'CAPTURE', next: 'meet' },
      { key: 'meet', kind: 'MEETING', next: 'chat' },
      { key: 'chat', kind: 'LIVE_CHAT' },
    ])
    await show('meet', { shown: 1 })
    await show('hello', { shown: 5 })
    await show('ask', { shown: 5, answered: 3 })
    await show('mail', { shown: 3, answered: 2 })
    await show('chat', { shown: 1 })
    expect(await cardsOf()).toEqual(['hello 5 0 0', 'ask 5 3 2', 'mail 3 2 1', 'meet 1 0 1', 'chat 1 0 0'])
  })

  it('count a live chat before any answer as one that waits to be started', async () => {
    await publish([
      { key: 'hello', kind: 'MESSAGE', next: 'way' },
      { key: 'way', kind: 'BRANCH', branches: [{ next: 'chat' }], next: 'ask' },
      { key: 'chat', kind: 'LIVE_CHAT' },
      { key: 'ask', kind: 'QUESTION', next: 'later' },
      { key: 'later', kind: 'LIVE_CHAT' },
    ])
    await show('chat', { shown: 3, answered: 1 })
    await show('later', { shown: 2 })
    expect(await cardsOf()).toEqual(['chat 3 1 2', 'later 2 0 0'])
  })

  it('stand in the order of the latest version, and those of earlier ones after them', async () => {
    await publish([
      { key: 'old', kind: 'QUESTION' },
      { key: 'a', kind: 'MESSAGE' },
      { key: 'b', kind: 'QUESTION' },
    ])
    const later = { number: 2, publishedAt: '2026-03-02T07:00:00Z' }
    await publish(
      [
        { key: 'b', kind: 'QUESTION' },
        { key: 'a', kind: 'QUESTION' },
      ],
      later,
    )
    const tomorrow = { number: 3, publishedAt: '2026-03-03T07:00:00Z' }
    await publish([{ key: 'a', kind: 'MESSAGE' }], tomorrow)
    for (const key of ['a', 'old', 'b']) await show(key, { shown: 1 })
    expect(await cardsOf()).toEqual(['b 1 0 1', 'a 1 0 1', 'old 1 0 1'])
  })

  it('are those that were counted on these days', async () => {
    await publish([
      { key: 'ask', kind: 'QUESTION' },
      { key: 'never', kind: 'MESSAGE' },
    ])
    await show('ask', { shown: 2 })
    const at = new Date('2026-03-03T12:00:00Z')
    await count({ kind: 'CARD_ANSWERED', occurrence: 'ask', at }, { kind: 'CARD_SHOWN', occurrence: 'x', at })
    expect(await cardsOf()).toEqual(['ask 2 0 2'])
    expect(await cardsOf({ ...DAY, from: '2026-03-03', to: '2026-03-03' })).toEqual(['ask 0 1 0', 'x 1 0 0'])
    expect(await cardsOf({ ...DAY, to: '2026-03-03' })).toEqual(['ask 2 1 1', 'x 1 0 0'])
  })

  it('count documents, known visitors apart, and each dialogue for itself', async () => {
    const other = await insertDialogue(app, { workspaceId: acme.workspaceId })
    await count(
      { kind: 'DOCUMENT_OPENED', occurrence: 'flow/price', known: true },
      { kind: 'DOCUMENT_DOWNLOADED', occurrence: 'flow/price' },
      { kind: 'DOCUMENT_OPENED', occurrence: 'flow/price' },
      { kind: 'CARD_SHOWN', occurrence: 'flow/price', dialogueId: other },
    )
    const query = `query ($ids: [ID!]!, $day: Date!) { nodes(ids: $ids) { ... on Dialogue {
      report(from: $day, to: $day) { cards { cardKey shown documentOpened documentDownloaded } }
      known: report(from: $day, to: $day, known: true) { cards { documentOpened documentDownloaded } }
    } } }`
    const ids = [dialogueId, other].map((id) => encodeGlobalID('Dialogue', id))
    const { nodes } = await data<{ nodes: object[] }>(
      app.execute(query, { variables: { ids, day: DAY.from }, token: admin.token }),
    )
    const card = { cardKey: 'flow/price', shown: 0, documentOpened: 0, documentDownloaded: 0 }
    expect(nodes).toEqual([
      {
        report: { cards: [{ ...card, documentOpened: 2, documentDownloaded: 1 }] },
        known: { cards: [{ documentOpened: 1, documentDownloaded: 0 }] },
      },
      { report: { cards: [{ ...card, shown: 1 }] }, known: { cards: [] } },
    ])
  })
})
