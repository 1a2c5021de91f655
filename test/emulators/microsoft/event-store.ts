// Changes of events in a mailbox, by clients and users alike. Each change increases the version of the mailbox, changes
// the event's change key and notifies subscriptions.
import { randomBytes } from 'node:crypto'
import { sendMails } from './mails.ts'
import type { Account, Mail, StoredEvent, World } from './model.ts'
import { type Item, occurrenceId } from './series.ts'

type NewEvent = Pick<StoredEvent, 'calendarId' | 'subject' | 'time'> & Partial<StoredEvent>

export function addEvent(world: World, account: Account, fields: NewEvent): StoredEvent {
  const now = world.clock.now()
  const event: StoredEvent = {
    id: `AAkALg${randomBytes(40).toString('hex')}AAA=`,
    iCalUId: `040000008200E00074C5B7101A82E008${randomBytes(36).toString('hex').toUpperCase()}`,
    body: '',
    location: '',
    showAs: 'busy',
    sensitivity: 'normal',
    isCancelled: false,
    organizer: { name: account.name, address: account.email },
    isOrganizer: true,
    response: 'organizer',
    attendees: [],
    recurrence: null,
    exceptions: new Map(),
    isOnlineMeeting: false,
    onlineMeetingProvider: 'unknown',
    joinUrl: null,
    readsBeforeJoinUrl: 0,
    transactionId: null,
    extendedProperties: [],
    categories: [],
    reminderMinutesBeforeStart: 15,
    sequence: 0,
    revision: 0,
    createdAt: now,
    modifiedAt: now,
    version: ++account.version,
    ...fields,
  }
  account.events.push(event)
  world.notify(account, { event, type: 'created' })
  return event
}

/** The event to write to. An occurrence becomes an exception first. */
export function writable(item: Item): StoredEvent {
  const { type, master, originalStart } = item
  if (type !== 'occurrence' || master === undefined || originalStart === undefined) return item.event
  const exception: StoredEvent = {
    ...master,
    id: occurrenceId(master, originalStart),
    time: { ...item.time },
    recurrence: null,
    exceptions: new Map(),
    attendees: master.attendees.map((one) => ({ ...one })),
  }
  master.exceptions.set(originalStart, exception)
  return exception
}

/** Records that an event has changed. For an exception its series has changed too. */
export function touch(
  world: World,
  account: Account,
  { event, item }: { event: StoredEvent; item: Item },
): void {
  const version = ++account.version
  for (const changed of new Set([event, item.master ?? event])) {
    changed.revision += 1
    changed.version = version
    changed.modifiedAt = world.clock.now()
    world.notify(account, { event: changed, type: 'updated' })
  }
}

/** Deletes an event, a series or an occurrence, and mails the guests. */
export function removeItem(
  world: World,
  account: Account,
  { item, by, comment }: { item: Item; by: Mail['by']; comment?: string },
): void {
  const { event, master, originalStart } = item
  const leaving = item.type === 'occurrence' ? { ...event, id: item.id } : event
  leaving.sequence += 1
  sendMails(world, { account, event: leaving, kind: 'CANCELLATION', by, comment })
  if (master !== undefined && originalStart !== undefined) {
    master.exceptions.set(originalStart, null)
    touch(world, account, { event: master, item })
    account.removed.push({ id: item.id, calendarId: master.calendarId, version: account.version })
    return
  }
  account.events = account.events.filter((other) => other !== event)
  const version = ++account.version
  account.removed.push({ id: event.id, calendarId: event.calendarId, version })
  world.notify(account, { event, type: 'deleted' })
}
