// The log of a long outage, with a clock that the test moves.
import { expect, it } from 'vitest'
import { DatabaseAwayError } from '../../src/database/sql-state.ts'
import { createOutageLog } from '../../src/server/outage-log.ts'
import { createTestClock, MINUTE } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'

function startLog() {
  const clock = createTestClock('2026-03-02T08:00:00Z')
  const messages: string[] = []
  let isBack = false
  const log = createOutageLog(({ error }) => void messages.push((error as Error).message), {
    clock,
    isDatabaseBack: async () => isBack,
  })
  return {
    messages,
    fail: () => log({ error: new DatabaseAwayError('No answer') }),
    log,
    /** Every second, as time passes. */
    pass: async (milliseconds: number) => {
      for (let passed = 0; passed < milliseconds; passed += 1000) {
        clock.advance(1000)
        await eventually(() => {})
      }
    },
    comeBack: () => {
      isBack = true
    },
  }
}

it('a long outage is one line at its begin, one a minute, and one at its end', async () => {
  const { messages, fail, pass, comeBack } = startLog()
  for (let count = 0; count < 2.5 * 60; count++) {
    fail()
    await pass(1000)
  }
  expect(messages).toEqual([
    'The database cannot be used: No answer. Requests are answered with 503 until it can.',
    expect.stringMatching(
      /^The database still cannot be used\. \d+ requests and pieces of work have failed in 60 s\.$/,
    ),
    expect.stringMatching(
      /^The database still cannot be used\. \d+ requests and pieces of work have failed in 120 s\.$/,
    ),
  ])
  comeBack()
  await pass(MINUTE)
  expect(messages.slice(3)).toEqual([
    'The database can be used again. 150 requests and pieces of work have failed in 149 s.',
  ])
})

it('a fault of another kind is logged at once, also during an outage', async () => {
  const { messages, fail, log } = startLog()
  fail()
  log({ error: new Error('Of ours') })
  expect(messages.at(-1)).toBe('Of ours')
})
