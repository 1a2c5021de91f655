// Reads mails as their recipients' programs do: each is composed to a message, parsed again, and its calendar part is read
// by two parsers that know nothing of each other. What arrives is entered in the calendar of its address.
import ICAL from 'ical.js'
import { simpleParser } from 'mailparser'
import MailComposer from 'nodemailer/lib/mail-composer'
import { expect } from 'vitest'
import { toMimeMessage } from '../../src/services/notifications/mail/mime-message.ts'
import type { Mail } from '../../src/services/ports/mailer.ts'
import { type ReadEvent, readStrictly } from './strict-calendar-reader.ts'

export interface ReadMail {
  messageId: string
  from: string
  to: string
  replyTo: string
  subject: string
  text: string
  /** null: the mail has no calendar part. */
  event: ReadEvent | null
}

/** Expects both parsers to read the same, the method of the message to be that of the event, and the mail to be from the
 * event's organizer. */
export async function readMail(mail: Mail): Promise<ReadMail> {
  const raw = await new MailComposer({ ...toMimeMessage(mail), newline: 'win' }).compile().build()
  const parsed = await simpleParser(raw)
  const [part] = parsed.attachments.filter(({ contentType }) => contentType === 'text/calendar')
  const address = (list: typeof parsed.from) => list?.value[0]?.address ?? ''
  const from = address(parsed.from)
  const event = part === undefined ? null : readBoth(part.content.toString())
  if (event !== null) {
    expect(raw.toString()).toContain(`text/calendar; charset=utf-8; method=${event.method}`)
    expect(event.organizer).toBe(from.toLowerCase())
  }
  return {
    messageId: parsed.messageId ?? '',
    from,
    to: address([parsed.to].flat()[0]),
    replyTo: address(parsed.replyTo),
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    event,
  }
}

function readBoth(content: string): ReadEvent {
  const strict = readStrictly(content)
  const calendar = new ICAL.Component(ICAL.parse(content))
  const [event] = calendar.getAllSubcomponents('vevent')
  const value = (name: string) => event?.getFirstPropertyValue(name)
  const address = (uri: unknown) => String(uri).toLowerCase().replace('mailto:', '')
  const instant = (name: string) => (value(name) as ICAL.Time).toJSDate().toISOString()
  expect(strict).toEqual({
    method: calendar.getFirstPropertyValue('method'),
    uid: value('uid'),
    sequence: value('sequence'),
    status: value('status'),
    startsAt: instant('dtstart'),
    endsAt: instant('dtend'),
    organizer: address(value('organizer')),
    attendees: event
      ?.getAllProperties('attendee')
      .map((attendee) => address(attendee.getFirstValue()))
      .sort(),
    summary: value('summary'),
    description: value('description'),
    url: value('url') ?? null,
  })
  return strict
}

/** What the calendar of an address shows, by UID. */
export type Calendar = Map<string, ReadEvent>

/** Enters mails in the order of their arrival as RFC 5546 asks: what is older than the entry is ignored, and only the
 * organizer of an entry can change it. A mail that arrives twice counts once. Nobody gets a cancellation of what it never
 * had. */
export function enterInCalendars(mails: ReadMail[]): Map<string, Calendar> {
  const calendars = new Map<string, Calendar>()
  const read = new Set<string>()
  for (const { to, event, messageId } of mails) {
    if (event === null || read.has(messageId)) continue
    const had = `${to} ${event.uid}`
    if (event.method === 'CANCEL' && !read.has(had)) throw new Error(`${to} has nothing to cancel.`)
    read.add(messageId).add(had)
    const calendar = calendars.get(to) ?? new Map<string, ReadEvent>()
    calendars.set(to, calendar)
    enter(calendar, event)
  }
  return calendars
}

function enter(calendar: Calendar, event: ReadEvent): void {
  const entry = calendar.get(event.uid)
  if (entry) expect(event.organizer).toBe(entry.organizer)
  if (entry && event.sequence < entry.sequence) return
  if (event.method === 'CANCEL') calendar.delete(event.uid)
  else calendar.set(event.uid, event)
}
