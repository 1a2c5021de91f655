// events.insert, get, patch, update, delete of the Calendar API.
import type { Answer } from '../http-server.ts'
import { type Call, type Method, readBody, readBoolean, readInteger, readOneOf } from './call.ts'
import { refusal } from './errors.ts'
import { toEventJson } from './event-shape.ts'
import {
  changeEvent,
  countRead,
  deleteEvent,
  getEvent,
  insertEvent,
  type WriteOptions,
  type Writer,
} from './event-writes.ts'
import { SEND_UPDATES } from './invitations.ts'
import { type EventResource, getCalendar, type StoredEvent } from './state.ts'

export const insert: Method = (call) => {
  const writer = writerOf(call)
  return show(call, writer, insertEvent(writer, readBody<EventResource>(call), readOptions(call)))
}

export const get: Method = (call) => {
  const writer = writerOf(call)
  const stored = getEvent(writer.calendar, call.at.eventId ?? '')
  countRead(writer, stored)
  if (call.request.headers['if-none-match'] === stored.resource.etag) return { status: 304 }
  return show(call, writer, stored)
}

export const patch: Method = (call) => change(call, false)

export const update: Method = (call) => change(call, true)

export const remove: Method = (call) => {
  const writer = writerOf(call)
  const id = call.at.eventId ?? ''
  checkPrecondition(call, getEvent(writer.calendar, id))
  deleteEvent(writer, id, readOptions(call))
  return { status: 204 }
}

function change(call: Call, replaces: boolean): Answer {
  const writer = writerOf(call)
  const id = call.at.eventId ?? ''
  checkPrecondition(call, getEvent(writer.calendar, id))
  const body = readBody<EventResource>(call)
  return show(call, writer, changeEvent(writer, id, { body, replaces, ...readOptions(call) }))
}

function writerOf({ world, account, at }: Call): Writer {
  return { world, account, calendar: getCalendar(account, at.calendarId ?? '') }
}

function readOptions(call: Call): WriteOptions {
  const legacy = readBoolean(call, 'sendNotifications') ? 'all' : 'none'
  return {
    sendUpdates: readOneOf(call, 'sendUpdates', SEND_UPDATES) ?? legacy,
    conferenceDataVersion: readInteger(call, 'conferenceDataVersion') ?? 0,
  }
}

function show(call: Call, { calendar }: Writer, stored: StoredEvent): Answer {
  const timeZone = call.request.query.get('timeZone') ?? undefined
  const body = toEventJson(stored, calendar, { timeZone })
  return { status: 200, headers: { etag: String(body.etag) }, body }
}

/** @throws 412 */
function checkPrecondition({ request }: Call, stored: StoredEvent): void {
  const wanted = request.headers['if-match']
  if (wanted === undefined || wanted === '*' || wanted === stored.resource.etag) return
  throw refusal(412, 'conditionNotMet', 'Precondition Failed', { at: 'header If-Match' })
}
