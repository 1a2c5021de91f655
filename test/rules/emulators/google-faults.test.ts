import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../kit/clock.ts'
import { EMAIL, refusalOf, useScene } from './google-scene.ts'

const scene = useScene()
const INSERT = 'POST /calendar/v3/calendars/*/events'
const EVENT = {
  id: 'a1b2c3d4e5',
  summary: 'Demo',
  start: { dateTime: '2030-03-04T09:00:00Z' },
  end: { dateTime: '2030-03-04T10:00:00Z' },
}
const insert = () => scene.calendar.events.insert({ calendarId: 'primary', requestBody: EVENT })

describe('a fault', () => {
  it('replaces one answer, and the request has no effect', async () => {
    const error = {
      code: 429,
      message: 'Slow down',
      errors: [{ domain: 'usageLimits', reason: 'rateLimitExceeded' }],
    }
    scene.google.faults.add(INSERT, {
      kind: 'answer',
      status: 429,
      headers: { 'retry-after': '7' },
      body: { error },
    })
    const refused = await insert().catch((reason) => reason.response)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7'])
    expect(scene.agent.events()).toEqual([])
    expect(await refusalOf(insert())).toBe('accepted')
  })

  it('can cut the connection after the request took effect', async () => {
    scene.google.faults.add(INSERT, { kind: 'drop-after-commit' })
    expect(await refusalOf(insert())).not.toBe('accepted')
    expect(scene.agent.event(EVENT.id)?.summary).toBe('Demo')
    expect(await refusalOf(insert())).toBe('409 duplicate')
  })

  it('is cancelled with all other changes of behaviour', async () => {
    scene.google.faults.add(INSERT, { kind: 'hang' }, { times: Number.POSITIVE_INFINITY })
    scene.google.oauth.invalidClient = true
    scene.agent.invitationsLeft = 0
    scene.google.resetBehaviour()
    expect(await refusalOf(insert())).toBe('accepted')
    expect(scene.google.oauth.invalidClient).toBe(false)
  })
})

describe('the log', () => {
  it('has the account, the count and the concurrency of requests', async () => {
    await insert()
    expect(scene.google.log.of(INSERT)).toMatchObject([{ account: EMAIL, answer: { status: 200 } }])
    let release = () => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    scene.google.faults.add('GET /calendar/v3/**', { kind: 'delay', until }, { times: 2 })
    const reads = ['primary', EMAIL].map((calendarId) => scene.calendar.events.list({ calendarId }))
    await expect.poll(() => scene.google.log.inFlight(EMAIL)).toBe(2)
    release()
    await Promise.all(reads)
    expect(scene.google.log.mostInFlight(EMAIL)).toBe(2)
    expect(scene.google.log.within(1, { now: scene.clock.now(), account: EMAIL })).toBe(3)
    scene.clock.advance(MINUTE)
    expect(scene.google.log.within(1, { now: scene.clock.now(), account: EMAIL })).toBe(0)
  })

  it('is the basis of the limit on requests', async () => {
    scene.google.behaviour.requestsPerMinute = 1
    expect(await refusalOf(insert())).toBe('accepted')
    expect(await refusalOf(insert())).toBe('403 rateLimitExceeded')
    scene.clock.advance(MINUTE)
    expect(await refusalOf(insert())).toBe('409 duplicate')
  })
})
