// Which dialogues did most on the days of a report.
import { beforeEach, describe, expect, it } from 'vitest'
import { allowOnly } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { insertCounts, insertDialogue } from '../kit/report-rows.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const { app, acme, admin, cleo, database } = useScene({ cleo: anAgent })

describe('the dialogues that did most', () => {
  const rank = (token: string, given = '') =>
    app.execute<{ reports: { byDialogue: object[] } }>(
      `{ reports(from: "2026-03-02", to: "2026-03-02", timeZone: "UTC") {
        byDialogue${given} { name kind dialogue { name } triggered engaged } } }`,
      { token },
    )

  beforeEach(async () => {
    const { workspaceId } = acme
    const at = app.clock.now()
    const [gone, best, shown] = [
      await insertDialogue(app, { workspaceId, name: 'Gone' }),
      await insertDialogue(app, { workspaceId, name: 'Best' }),
      await insertDialogue(app, { workspaceId, name: 'Shown' }),
    ]
    await insertCounts(app, workspaceId, [
      { kind: 'CARD_SHOWN', occurrence: 'a', dialogueId: shown, at },
      { kind: 'TRIGGERED', dialogueId: gone, at },
      { kind: 'TRIGGERED', dialogueId: best, at, known: true },
      { kind: 'TRIGGERED', dialogueId: best, at },
    ])
    await database.dialogue.update({ where: { id: gone }, data: { deletedAt: app.clock.now() } })
  })

  it('come first, those that were deleted included, without any in which nothing was counted', async () => {
    const best = { name: 'Best', kind: 'DIALOGUE', dialogue: { name: 'Best' }, triggered: 2, engaged: 0 }
    expect((await data(rank(admin.token))).reports.byDialogue).toEqual([
      best,
      { name: 'Gone', kind: 'DIALOGUE', dialogue: null, triggered: 1, engaged: 0 },
    ])
    expect((await data(rank(admin.token, '(first: 1)'))).reports.byDialogue).toEqual([best])
    const known = (await data(rank(admin.token, '(known: true)'))).reports.byDialogue
    expect(known).toEqual([{ ...best, triggered: 1 }])
  })

  it('are named for staff who may not read dialogues', async () => {
    await allowOnly(app, cleo, ['VIEW_REPORTS'])
    expect(await rank(cleo.token)).toMatchObject({
      data: { reports: { byDialogue: [{ name: 'Best', dialogue: null }, { name: 'Gone' }] } },
    })
  })

  it.each([0, 101, -1])('are not asked for %s at a time', async (first) => {
    const { errors } = await rank(admin.token, `(first: ${first})`)
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['first'], code: 'OUT_OF_RANGE' }],
    })
  })
})
