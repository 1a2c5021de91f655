// Runs the table of slot cases and the properties again in processes with other time zones.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ServerZoneAnswers } from './answer-under-server-zone.ts'
import { PROPERTIES } from './properties.ts'
import { readSlotCases } from './slot-cases.ts'

const SERVER_ZONES = [
  { timeZone: 'UTC', hour: 0 },
  { timeZone: 'America/New_York', hour: 20 },
  { timeZone: 'Asia/Kolkata', hour: 5 },
  { timeZone: 'Pacific/Auckland', hour: 12 },
  { timeZone: 'America/Sao_Paulo', hour: 21 },
  { timeZone: 'Australia/Lord_Howe', hour: 10 },
]
const SCRIPT = fileURLToPath(new URL('./answer-under-server-zone.ts', import.meta.url))

async function answersUnder(timeZone: string): Promise<ServerZoneAnswers> {
  const env = { ...process.env, TZ: timeZone }
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT], { env, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout) as ServerZoneAnswers
}

describe.each(SERVER_ZONES)('with the server in $timeZone', ({ timeZone, hour }) => {
  let answers: ServerZoneAnswers
  beforeAll(async () => {
    answers = await answersUnder(timeZone)
  }, 60_000)

  it('really runs in that zone', () => {
    // Node reports Kolkata by its old name.
    expect(answers.timeZone.replace('Calcutta', 'Kolkata')).toBe(timeZone)
    expect(answers.hour).toBe(hour)
  })

  it.each(readSlotCases())('$name', ({ name, expected }) => {
    expect(answers.cases[name]).toEqual(expected)
  })

  it.each(PROPERTIES)('for any input, $name', ({ name }) => {
    expect(answers.failures[name]).toBeNull()
  })
})
