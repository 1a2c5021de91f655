// The routes of single events: get, list, create, update, cancel and delete.
import type { Answer } from '../http-server.ts'
import { type EventInput, readEventInput, readObject } from './event-input.ts'
import { toEventJson } from './event-json.ts'
import { addEvent, removeItem, touch, writable } from './event-store.ts'
import { type Call, preferenceApplied, requireCalendar } from './graph-call.ts'
import { sendMails, sendMailsOfUpdate } from './mails.ts'
import type { StoredEvent } from './model.ts'
import { keepOnlineMeeting, requireProvider, startOnlineMeeting } from './online-meeting.ts'
import { expand, pageOf, readFilter, select } from './query.ts'
import { badRequest, GraphRefusal } from './refusals.ts'
import { type Item, itemOf, requireItem } from './series.ts'

/** Lists single events and series of a calendar, without expanding series. */
export function listEvents(call: Call): Answer {
  const { account, query, world } = call
  const calendar = requireCalendar(account, call.parts[0])
  const isWanted = readFilter(query)
  const items = account.events
    .filter(({ calendarId }) => calendarId === calendar.id)
    .map((event) => itemOf(event, account))
    .filter(isWanted)
  const shown = items.map((item) => show(call, item))
  for (const { event } of items) noteRead(event)
  const page = pageOf(shown, { url: call.url, defaultTop: 10, emptyPages: world.behaviour.emptyPages })
  return { status: 200, headers: preferenceApplied(call.preferences), body: { ...context(call), ...page } }
}

export function getEvent(call: Call): Answer {
  const item = requireItem(call.account, call.parts[0] ?? '')
  const body = { ...context(call, '/$entity'), ...show(call, item) }
  noteRead(item.event)
  return { status: 200, headers: preferenceApplied(call.preferences), body }
}

function noteRead(event: StoredEvent): void {
  if (event.readsBeforeJoinUrl > 0) event.readsBeforeJoinUrl -= 1
}

export function createEvent(call: Call): Answer {
  const { world, account, request } = call
  const calendar = requireCalendar(account, call.parts[0])
  const input = readEventInput(request.body, { account })
  const known = findReplayed(call, input)
  if (known !== undefined) return created(call, known)
  const { time, subject = '' } = input.fields
  if (time === undefined) throw badRequest('ErrorInvalidRequest', 'Start and end are required.')
  const event = { ...input.fields, calendarId: calendar.id, time, subject }
  const provider = readProvider(call, input)
  const stored = addEvent(world, account, event)
  if (provider !== undefined) startOnlineMeeting(stored, { account, provider, behaviour: world.behaviour })
  sendMails(world, { account, event: stored, kind: 'INVITATION', by: 'APP' })
  return created(call, stored)
}

function findReplayed({ account, world }: Call, { fields }: EventInput): StoredEvent | undefined {
  const { transactionId } = fields
  if (transactionId === undefined || transactionId === null) return undefined
  const known = account.events.find((event) => event.transactionId === transactionId)
  if (known !== undefined && world.behaviour.replayedCreate === 'CONFLICT') {
    throw new GraphRefusal(
      409,
      'ErrorDuplicateTransactionId',
      "Your request can't be completed. The TransactionId value in the request was already used.",
    )
  }
  return known
}

function created(call: Call, event: StoredEvent): Answer {
  return {
    status: 201,
    headers: preferenceApplied(call.preferences),
    body: { ...context(call, '/$entity'), ...show(call, itemOf(event, call.account)) },
  }
}

export function updateEvent(call: Call): Answer {
  const { world, account, request } = call
  const item = requireItem(account, call.parts[0] ?? '')
  const input = readEventInput(request.body, { account, before: item.time })
  if (!item.event.isOrganizer && !input.isSilent) {
    throw new GraphRefusal(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
  }
  const provider = item.event.isOnlineMeeting ? undefined : readProvider(call, input)
  const event = writable(item)
  const before = event.attendees
  applyInput(event, input)
  if (input.sent.has('body')) keepOnlineMeeting(event, { account, behaviour: world.behaviour })
  if (provider !== undefined) startOnlineMeeting(event, { account, provider, behaviour: world.behaviour })
  if (!input.isSilent && !input.onlyAttendees) event.sequence += 1
  touch(world, account, { event, item })
  const { onlyAttendees } = input
  if (!input.isSilent) sendMailsOfUpdate(world, { account, event, before, onlyAttendees, by: 'APP' })
  const changed = {
    ...requireItem(account, item.id),
    type: item.type === 'occurrence' ? 'exception' : item.type,
  }
  const body = { ...context(call, '/$entity'), ...show(call, changed as Item) }
  return { status: 200, headers: preferenceApplied(call.preferences), body }
}

/** Guests keep their answers until the meeting moves to another time. */
function applyInput(event: StoredEvent, { fields, sent }: EventInput): void {
  const { transactionId: _, extendedProperties = [], attendees, ...plain } = fields
  const moved = plain.time !== undefined && JSON.stringify(plain.time) !== JSON.stringify(event.time)
  const answers = new Map(event.attendees.map((one) => [one.address.toLowerCase(), one.response]))
  Object.assign(event, plain)
  // A series that is moved loses its exceptions.
  if (moved) event.exceptions = new Map()
  event.attendees = (attendees ?? event.attendees).map((one) => ({
    ...one,
    response: moved ? 'none' : (answers.get(one.address.toLowerCase()) ?? 'none'),
  }))
  if (!sent.has('singleValueExtendedProperties')) return
  const others = event.extendedProperties.filter(({ id }) => !extendedProperties.some((one) => one.id === id))
  event.extendedProperties = [...others, ...extendedProperties]
}

export function deleteEvent({ world, account, parts }: Call): Answer {
  removeItem(world, account, { item: requireItem(account, parts[0] ?? ''), by: 'APP' })
  return { status: 204 }
}

export function cancelEvent({ world, account, parts, request }: Call): Answer {
  const item = requireItem(account, parts[0] ?? '')
  if (!item.event.isOrganizer) {
    throw badRequest(
      'ErrorInvalidRequest',
      "Your request can't be completed. You need to be an organizer to cancel a meeting.",
    )
  }
  const body = request.body === '' ? {} : readObject(request.body)
  const comment = String(body.comment ?? body.Comment ?? '')
  removeItem(world, account, { item, by: 'APP', comment })
  return { status: 202 }
}

/** Reads the provider of a new online meeting. Graph ignores later changes of `isOnlineMeeting` and the provider. */
function readProvider({ account, request }: Call, { sent }: EventInput): string | undefined {
  if (!sent.has('isOnlineMeeting')) return undefined
  const { isOnlineMeeting, onlineMeetingProvider } = readObject(request.body)
  return isOnlineMeeting === true ? requireProvider(account, onlineMeetingProvider) : undefined
}

export function show(call: Call, item: Item): object {
  const { account, preferences, query } = call
  return { ...select(toEventJson(item, { account, preferences }), query), ...expand(item.event, query) }
}

export function context({ world, account }: Call, suffix = ''): object {
  return { '@odata.context': `${world.origin}/v1.0/$metadata#users('${account.userId}')/events${suffix}` }
}
