// getSchedule: when people are busy. It serves work accounts only, and lists less than a calendar view.
import type { Answer } from '../http-server.ts'
import { fromWallTime } from '../recurrence.ts'
import { readObject } from './event-input.ts'
import type { Call } from './graph-call.ts'
import type { Account, StoredEvent } from './model.ts'
import { badRequest } from './refusals.ts'
import { itemsWithin } from './series.ts'
import { readDateTime, writeInstant } from './zones.ts'

const MAX_DAYS = 62
const DAY = 24 * 60 * 60_000
const DIGITS: Record<string, string> = { free: '0', tentative: '1', busy: '2', oof: '3', unknown: '2' }

export function getSchedule(call: Call): Answer {
  const { account, request, world } = call
  if (account.kind === 'personal') {
    throw badRequest('BadRequest', 'This API is not supported for MSA accounts.')
  }
  const body = readObject(request.body)
  const [start, end] = ['startTime', 'endTime'].map((name) =>
    readDateTime(body[name] ?? body[upper(name)], name),
  )
  if (start === undefined || end === undefined)
    throw badRequest('ErrorInvalidRequest', 'There is no time window.')
  const window = { from: fromWallTime(start.wall, start.zone), to: fromWallTime(end.wall, end.zone) }
  if (window.to.getTime() - window.from.getTime() > MAX_DAYS * DAY || window.to <= window.from) {
    throw badRequest(
      'ErrorInvalidTimeInterval',
      'The requested time duration specified for FreeBusy is not allowed.',
    )
  }
  const minutes = Number(body.availabilityViewInterval ?? 30)
  if (minutes < 5 || minutes > 1440) {
    throw badRequest('ErrorInvalidMergedFreeBusyInterval', 'The interval must be between 5 and 1440 minutes.')
  }
  const schedules = ((body.schedules ?? body.Schedules ?? []) as string[]).map((id) => {
    const found = world.accounts.get(id.toLowerCase())
    if (found?.hasMailbox)
      return scheduleOf(found, { id, window, minutes, timeZone: call.preferences.timeZone })
    const error = { message: 'The mailbox was not found.', responseCode: 'ErrorMailRecipientNotFound' }
    return { scheduleId: id, availabilityView: '', scheduleItems: [], error }
  })
  return { status: 200, body: { value: schedules } }
}

function scheduleOf(
  account: Account,
  options: { id: string; window: { from: Date; to: Date }; minutes: number; timeZone: string },
) {
  const { id, window, minutes, timeZone } = options
  const calendarId = account.calendars.find(({ isDefault }) => isDefault)?.id ?? ''
  // Exchange leaves out events marked as working elsewhere here.
  const items = itemsWithin(account, { calendarId, ...window }).filter(
    ({ event }) => event.showAs !== 'workingElsewhere' && !isOff(event),
  )
  const steps = Math.ceil((window.to.getTime() - window.from.getTime()) / (minutes * 60_000))
  const view = Array.from({ length: steps }, (_, step) => {
    const from = window.from.getTime() + step * minutes * 60_000
    const here = items.filter(
      ({ start, end }) => start.getTime() < from + minutes * 60_000 && end.getTime() > from,
    )
    return here
      .map(({ event }) => DIGITS[event.showAs] ?? '0')
      .reduce((most, digit) => (digit > most ? digit : most), '0')
  })
  return {
    scheduleId: id,
    availabilityView: view.join(''),
    scheduleItems: items.map(({ event, start, end }) => ({
      isPrivate: event.sensitivity === 'private',
      status: event.showAs,
      subject: event.subject,
      location: event.location,
      start: writeInstant(start, timeZone),
      end: writeInstant(end, timeZone),
    })),
    workingHours: {
      daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      startTime: '08:00:00.0000000',
      endTime: '17:00:00.0000000',
      timeZone: { name: account.timeZone },
    },
  }
}

const isOff = (event: StoredEvent) => event.isCancelled || event.response === 'declined'
const upper = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`
