import { describe, expect, it } from 'vitest'
import { EMAIL, refusalOf, useScene, utc } from './microsoft-scene.ts'

const scene = useScene()
const calendar = () => scene.graph.api('/me/calendar').get()
const EVENT = { subject: 'Demo', start: utc('2030-03-04T09:00:00'), end: utc('2030-03-04T10:00:00') }

describe('a mailbox', () => {
  it('serves four concurrent requests, and refuses further ones with Retry-After', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    scene.microsoft.faults.add('GET /v1.0/me/calendar', { kind: 'delay', until: held }, { times: 5 })
    const calls = Array.from({ length: 5 }, calendar)
    await expect.poll(() => scene.microsoft.log.inFlight(EMAIL)).toBe(5)
    release()
    const outcomes = await Promise.all(calls.map(refusalOf))
    expect(outcomes.filter((outcome) => outcome === '429 ApplicationThrottled')).toHaveLength(1)
    const refused = scene.microsoft.log.all.find(({ answer }) => answer?.status === 429)
    expect(refused?.answer?.headers['retry-after']).toBe('1')
    expect(scene.microsoft.log.mostInFlight(EMAIL)).toBe(5)
  })

  it('limits the requests in ten minutes', async () => {
    scene.microsoft.behaviour.requestsPer10Minutes = 2
    expect([await refusalOf(calendar()), await refusalOf(calendar()), await refusalOf(calendar())]).toEqual([
      'accepted',
      'accepted',
      '429 ApplicationThrottled',
    ])
    expect(scene.microsoft.log.within(10, { now: scene.clock.now(), account: EMAIL })).toBe(3)
    scene.clock.advance(11 * 60_000)
    expect(await refusalOf(calendar())).toBe('accepted')
  })
})

describe('a fault', () => {
  it('applies to the next requests of its route only', async () => {
    const body = { error: { code: 'UnknownError', message: '' } }
    scene.microsoft.faults.add('GET /v1.0/me/calendar', { kind: 'answer', status: 503, body }, { times: 1 })
    expect(await refusalOf(scene.graph.api('/me').get())).toBe('accepted')
    expect(await refusalOf(calendar())).toBe('503 UnknownError')
    expect(await refusalOf(calendar())).toBe('accepted')
  })

  it('may be an HTML page, a truncated answer or no answer', async () => {
    const { faults } = scene.microsoft
    faults.add('GET /v1.0/me/calendar', { kind: 'html' })
    expect(await refusalOf(calendar())).toMatch(/^503/)
    faults.add('GET /v1.0/me/calendar', { kind: 'truncate' })
    expect(await refusalOf(calendar())).not.toBe('accepted')
    faults.add('GET /v1.0/me/calendar', { kind: 'drop' })
    expect(await refusalOf(calendar())).not.toBe('accepted')
    faults.add('GET /v1.0/me/calendar', { kind: 'hang' })
    const call = scene.graph.api('/me/calendar').option('signal', AbortSignal.timeout(50)).get()
    expect(await refusalOf(call)).not.toBe('accepted')
    await expect.poll(() => scene.microsoft.log.inFlight()).toBe(0)
  })

  it('may occur after the request took effect', async () => {
    scene.microsoft.faults.add('POST /v1.0/me/events', { kind: 'drop-after-commit' })
    expect(await refusalOf(scene.graph.api('/me/events').post(EVENT))).not.toBe('accepted')
    expect(scene.agent.events()).toHaveLength(1)
    expect(scene.microsoft.log.of('POST /v1.0/me/events')).toMatchObject([
      { fault: 'drop-after-commit', answered: false, answer: { status: 201 } },
    ])
  })
})
