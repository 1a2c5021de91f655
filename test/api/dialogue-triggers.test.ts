// Dialogues that show after a trigger: cases 20 to 24 of docs/semantics.md, section 10.
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE } from '../kit/clock.ts'
import { TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import {
  countsOf,
  noteTrigger,
  publish,
  republish,
  resolve,
  SITE,
  type TestDialogue,
} from '../kit/dialogues.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, visitor } = useScene({ visitor: aVisitor })

const ONE = `${SITE}/one`
const TWO = `${SITE}/two`

let d1: string
const publishFirst = async (given: TestDialogue) => {
  d1 = await publish(app, acme, { name: 'D1', targetUrls: [ONE], cards: TWO_QUESTIONS, ...given })
}
/** A page view. */
const view = (page: string) => resolve(app, visitor.token, page)
const T = { TRIGGERED: 1 }

describe('a dialogue with a trigger', () => {
  const trigger = { timeOnPageSeconds: null, timeOnSiteSeconds: null, scrollPercent: null }

  it.each([
    ['20: after a time on the site', { ...trigger, timeOnSiteSeconds: 30 }],
    ['22: after scrolling', { ...trigger, scrollPercent: 50 }],
  ])('%s shows and counts as triggered only then', async (_name, startAfter) => {
    await publishFirst({ trigger: startAfter })
    const session = await view('/one')
    expect(session).toMatchObject({ dialogueName: 'D1', startAfter, pending: [{ key: 'color' }] })
    expect(await countsOf(app, d1)).toEqual({})
    expect(await noteTrigger(app, visitor.token, session.id)).toEqual({ ...session, startAfter: null })
    expect(await countsOf(app, d1)).toEqual(T)
    await noteTrigger(app, visitor.token, session.id)
    expect(await view('/one')).toMatchObject({ id: session.id, startAfter: null })
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('21: after a time on its pages, shows on any of them', async () => {
    await publishFirst({ targetUrls: [ONE, TWO], trigger: { ...trigger, timeOnPageSeconds: 30 } })
    const session = await view('/one')
    expect(await view('/two')).toEqual(session)
    expect(await countsOf(app, d1)).toEqual({})
    await noteTrigger(app, visitor.token, session.id)
    expect(await view('/one')).toMatchObject({ id: session.id, startAfter: null })
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('23: after a time on its page, keeps its session while the visitor is on other pages', async () => {
    await publishFirst({ trigger: { ...trigger, timeOnPageSeconds: 30 } })
    const session = await view('/one')
    app.clock.advance(10_000)
    expect(await view('/two')).toMatchObject({ because: 'NONE_FITS' })
    app.clock.advance(10_000)
    expect(await view('/one')).toEqual(session)
    app.clock.advance(20_000)
    await noteTrigger(app, visitor.token, session.id)
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('24: shows at once two days later, and does not count again, once its trigger was met', async () => {
    await publishFirst({ trigger: { ...trigger, timeOnSiteSeconds: 60 } })
    const session = await view('/one')
    await noteTrigger(app, visitor.token, session.id)
    app.clock.advance(2 * DAY)
    const later = await view('/one')
    expect(later).toMatchObject({ dialogueName: 'D1', step: 0, startAfter: null })
    expect(later.id).not.toBe(session.id)
    expect(await countsOf(app, d1)).toEqual(T)
    await republish(app, d1, { targetUrls: [ONE], trigger: { ...trigger, timeOnSiteSeconds: 60 } })
    app.clock.advance(31 * MINUTE)
    expect(await view('/one')).toMatchObject({ startAfter: { timeOnSiteSeconds: 60 } })
  })
})
