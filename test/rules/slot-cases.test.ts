// The table of cases in this process; test/rules/server-zones.test.ts runs it under other time zones of the server.
import { describe, expect, it } from 'vitest'
import { answerSlotCase, readSlotCases } from './slot-cases.ts'

describe('the table of slot cases', () => {
  it.each(readSlotCases())('$name', (slotCase) => {
    expect(answerSlotCase(slotCase)).toEqual(slotCase.expected)
  })
})
