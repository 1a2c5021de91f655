// Runs the table of slot cases in this process; server-zones.test.ts runs it in processes with other time zones.
import { describe, expect, it } from 'vitest'
import { answerSlotCase, readSlotCases } from './slot-cases.ts'

describe('the table of slot cases', () => {
  it.each(readSlotCases())('$name', (slotCase) => {
    expect(answerSlotCase(slotCase)).toEqual(slotCase.expected)
  })
})
