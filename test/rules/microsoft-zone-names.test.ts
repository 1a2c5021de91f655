import { describe, expect, it } from 'vitest'
import { WINDOWS_TO_IANA_MAP } from 'windows-iana'
import { ianaZoneOf } from '../../src/services/calendars/microsoft/zone-names.ts'

describe('the zone of a mailbox', () => {
  it.each([
    ['Pacific Standard Time', 'America/Los_Angeles'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['New Zealand Standard Time', 'Pacific/Auckland'],
    ['UTC', 'UTC'],
    ['UTC-11', 'Etc/GMT+11'],
    ['Mexico Standard Time', 'America/Mexico_City'],
    ['Mexico Standard Time 2', 'America/Chihuahua'],
    ['Kamchatka Standard Time', 'Asia/Kamchatka'],
    ['Mid-Atlantic Standard Time', 'Etc/GMT+2'],
    ['Armenian Standard Time', 'Asia/Yerevan'],
    ['Coordinated Universal Time', 'UTC'],
    ['tzone://Microsoft/Utc', 'UTC'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['America/Ciudad_Juarez', 'America/Ciudad_Juarez'],
  ])('%s is %s', (name, zone) => {
    expect(ianaZoneOf(name)).toBe(zone)
  })

  it.each([
    'Customized Time Zone',
    'tzone://Microsoft/Custom',
    '',
    'Middle Earth Standard Time',
    '(UTC+01:00) Berlin',
  ])('%o is unknown outside of the mailbox', (name) => {
    expect(ianaZoneOf(name)).toBeNull()
  })

  it('is known for every Windows name', () => {
    const names = new Set(WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName))
    expect(names.size).toBeGreaterThan(130)
    expect([...names].filter((name) => ianaZoneOf(name) === null)).toEqual([])
  })
})
