// How long dialogues are kept, and what becomes of them when their person is erased (docs/semantics.md, section 11).
import { beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_RETENTION } from '../../src/config/retention.ts'
import { sweepDialogues } from '../../src/services/dialogues/running/sweep.ts'
import { VISIT_LASTS_MS } from '../../src/services/people/start-visit.ts'
import { sweep } from '../../src/services/privacy/sweep/sweep.ts'
import { createVisitor } from '../kit/booking.ts'
import { DAY, HOUR } from '../kit/clock.ts'
import { message, TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import { answer, publish, readSession, resolve, SITE } from '../kit/dialogues.ts'
import { erase, exported } from '../kit/erasure.ts'
import { hashWith, identifyVisitor, identitySecretOf, visitorOf } from '../kit/people.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, admin, visitor, database } = useScene({ visitor: aVisitor })
const { anonymousMs, conversationsMs, dialogueCountsMs, idleVisitsMs } = DEFAULT_RETENTION

const GRACE = 'grace@navy.example'
const OF_ACME = () => ({ where: { workspaceId: acme.workspaceId } })
const sessions = () => database.dialogueSession.count(OF_ACME())
const counts = () => database.dialogueCount.count(OF_ACME())

beforeEach(() => publish(app, acme, { cards: TWO_QUESTIONS, targetUrls: [`${SITE}/`] }))

const engage = async (token: string) => answer(app, token, await resolve(app, token), { key: 'red' })
/** Time passes, and every sweep runs. */
async function later(ms: number): Promise<void> {
  app.clock.advance(ms)
  await sweepDialogues(app.app.services)
  await sweep(app.app.services)
}

describe('a session', () => {
  it('without an answer goes with a visit in which nothing was done', async () => {
    await resolve(app, visitor.token)
    await later(idleVisitsMs - 1)
    expect(await sessions()).toBe(1)
    await later(1)
    expect(await sessions()).toBe(0)
  })

  it('without an answer goes after 90 days from a visitor who did something else, once its token has expired', async () => {
    await publish(app, acme, { targetUrls: [`${SITE}/news`], cards: [message('news', 'News!')] })
    await resolve(app, visitor.token, '/news')
    await engage(visitor.token)
    await later(anonymousMs - 1)
    expect(await sessions()).toBe(2)
    await later(1)
    expect(await sessions()).toBe(1)
  })

  it('stays as long as the token of its visitor is good, because it says what the visitor has completed', async () => {
    const { settings } = app.app.services
    const retention = { ...settings.retention, anonymousMs: DAY, idleVisitsMs: 60 * DAY }
    const services = { ...app.app.services, settings: { ...settings, retention } }
    await publish(app, acme, { targetUrls: [`${SITE}/news`], cards: [message('news', 'News!')] })
    await resolve(app, visitor.token, '/news')
    app.clock.advance(VISIT_LASTS_MS - HOUR)
    await sweep(services)
    expect(await resolve(app, visitor.token, '/news')).toMatchObject({ because: 'NONE_FITS' })
    app.clock.advance(HOUR)
    await sweep(services)
    expect(await sessions()).toBe(0)
  })

  it('with answers goes with its conversation after 24 months', async () => {
    await engage(visitor.token)
    await later(HOUR)
    await later(conversationsMs - 1)
    expect([await sessions(), await database.conversation.count(OF_ACME())]).toEqual([1, 1])
    await later(1)
    expect([await sessions(), await database.conversation.count(OF_ACME())]).toEqual([0, 0])
    expect(await database.person.count(OF_ACME())).toBe(0)
    expect(app.faults).toEqual([])
  })
})

it('what was counted goes after 24 months', async () => {
  await engage(visitor.token)
  app.clock.advance(DAY)
  await resolve(app, await createVisitor(app, acme))
  const before = await counts()
  await later(dialogueCountsMs - DAY)
  expect(await counts()).toBeLessThan(before)
  expect(await counts()).toBeGreaterThan(0)
  await later(DAY)
  expect(await counts()).toBe(0)
})

describe('the erasure of a person', () => {
  it('ends the dialogue that is going on, and leaves nothing of it but what counts', async () => {
    await identifyVisitor(app, visitor.token, { person: { email: GRACE } })
    const session = await engage(visitor.token)
    const { personId } = await visitorOf(app, visitor.token)
    const before = await counts()
    const erased = await erase(app, { personId, token: admin.token })
    expect(erased).toMatchObject({
      __typename: 'ErasedPerson',
      complete: true,
      conversations: 1,
      messages: 4,
    })
    expect(await readSession(app, admin.token, session.id)).toBeNull()
    expect([await sessions(), await counts()]).toEqual([0, before])
    expect(await database.conversation.findFirst(OF_ACME())).toMatchObject({ state: 'TIMED_OUT' })
    expect(await database.message.findMany({ ...OF_ACME(), select: { text: true } })).toEqual(
      Array(4).fill({ text: '' }),
    )
  })

  it('and its export have what it has completed', async () => {
    const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
    await identifyVisitor(app, visitor.token, { person: { email: GRACE }, identityHash })
    await answer(app, visitor.token, await engage(visitor.token), { key: 'small' })
    const { personId } = await visitorOf(app, visitor.token)
    const records = await exported(app, { personId, token: admin.token })
    expect(records.filter(({ kind }) => kind.includes('DIALOGUE'))).toMatchObject([
      { kind: 'DIALOGUE', data: { pageUrl: `${SITE}/`, transcript: { length: 6 }, answers: { length: 2 } } },
      { kind: 'COMPLETED_DIALOGUE', data: { completedAt: app.clock.now().toISOString() } },
    ])
    await erase(app, { personId, token: admin.token })
    expect(await database.dialogueCompletion.count(OF_ACME())).toBe(0)
  })
})
