import { expect, it } from 'vitest'
import { createFaultLog } from '../../src/server/fault-log.ts'
import { createTestClock } from '../kit/clock.ts'

const clock = createTestClock('2026-03-02T08:00:00Z')

function log(fault: Parameters<ReturnType<typeof createFaultLog>>[0]): string[] {
  const lines: string[] = []
  createFaultLog({ clock, write: (line) => void lines.push(line) })(fault)
  return lines
}

it('writes a fault as one line of JSON with the request id that the client got', () => {
  const [line = '', ...more] = log({ requestId: 'r1', error: new TypeError('first\nsecond') })
  expect(more).toEqual([])
  expect(line.indexOf('\n')).toBe(line.length - 1)
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    at: '2026-03-02T08:00:00.000Z',
    requestId: 'r1',
    message: 'TypeError: first\nsecond',
    stack: expect.stringContaining('fault-log.test.ts'),
  })
})

it('never writes a token of any kind', () => {
  const tokens = [
    'sbd_AaH9H9.eIdT-pjj_C',
    'sbv_JjD7pjURijTZT18',
    'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-bmF0_dXJl',
  ]
  for (const token of tokens) {
    const [line = ''] = log({ error: new Error(`refused "Bearer ${token}" of ${token}`) })
    expect(line).not.toContain(token)
    expect(JSON.parse(line).message).toBe('Error: refused "Bearer [token]" of [token]')
  }
})
