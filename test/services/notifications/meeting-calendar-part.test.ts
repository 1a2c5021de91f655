import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { composeMeetingMail } from '../../../src/services/booking/mails/meeting-mail.ts'
import type { MeetingMailFacts } from '../../../src/services/booking/mails/meeting-mail-facts.ts'
import { cancelledFacts, changedFacts, MANAGE_URL, meetingFacts } from './meeting-facts.ts'

const UID = meetingFacts().meetingId

/** Reads the calendar part back with a parser that has nothing to do with the writer. */
function readBack(facts: MeetingMailFacts) {
  const { content, method } = composeMeetingMail(facts).calendar ?? { content: '', method: null }
  const calendar = new ICAL.Component(ICAL.parse(content))
  const events = calendar.getAllSubcomponents('vevent')
  expect(events).toHaveLength(1)
  const event = events[0]!
  const property = (name: string) => event.getFirstProperty(name)
  return {
    content,
    method,
    calendar,
    event,
    property,
    value: (name: string) => property(name)?.getFirstValue(),
  }
}

function instantOf(value: unknown): string {
  expect(value).toBeInstanceOf(ICAL.Time)
  return (value as ICAL.Time).toJSDate().toISOString()
}

describe('the calendar part of a mail about a meeting', () => {
  it('keeps the UID through all revisions while SEQUENCE grows', () => {
    const revisions = [meetingFacts(), changedFacts(), cancelledFacts()].map(readBack)
    expect(revisions.map(({ value }) => value('uid'))).toEqual([UID, UID, UID])
    expect(revisions.map(({ value }) => value('sequence'))).toEqual([0, 1, 2])
    expect(revisions.map(({ value }) => value('status'))).toEqual(['CONFIRMED', 'CONFIRMED', 'CANCELLED'])
    const methods = ['REQUEST', 'REQUEST', 'CANCEL']
    expect(revisions.map(({ calendar }) => calendar.getFirstPropertyValue('method'))).toEqual(methods)
    expect(revisions.map(({ method }) => method)).toEqual(methods)
  })

  it('gives the instants in UTC, and the time of the revision as DTSTAMP', () => {
    const { value, content } = readBack(changedFacts())
    expect(instantOf(value('dtstart'))).toBe('2026-12-08T14:00:00.000Z')
    expect(instantOf(value('dtend'))).toBe('2026-12-08T14:30:00.000Z')
    expect(instantOf(value('dtstamp'))).toBe('2026-12-02T10:00:00.000Z')
    expect(content).toContain('\r\nDTSTART:20261208T140000Z\r\n')
    expect(content).not.toMatch(/TZID|VTIMEZONE|X-WR-TIMEZONE/)
  })

  it('names the mailbox that the mail is from as organizer, and asks both sides for an answer', () => {
    const { property, value, event } = readBack(meetingFacts())
    const { from } = composeMeetingMail(meetingFacts())
    expect(String(value('organizer')).toLowerCase()).toBe(`mailto:${from.address}`)
    expect(property('organizer')?.getParameter('cn')).toBe(from.name)
    const attendees = event.getAllProperties('attendee')
    expect(attendees.map((each) => String(each.getFirstValue()).toLowerCase())).toEqual([
      'mailto:ada@analytical.example',
      'mailto:grace@navy.example',
    ])
    expect(attendees.map((each) => each.getParameter('cn'))).toEqual(['Ada Lovelace', 'Grace Hopper'])
    for (const attendee of attendees) {
      expect(attendee.getParameter('rsvp')).toBe('TRUE')
      expect(attendee.getParameter('partstat')).toBe('NEEDS-ACTION')
    }
  })

  it('is the same event for both sides; only the visitor’s has the link to change it', () => {
    const [toVisitor, toAgent] = (['VISITOR', 'AGENT'] as const).map((recipient) =>
      readBack(changedFacts({ recipient, conferenceUrl: null })),
    )
    const without = (part = toVisitor) =>
      part?.event
        .getAllProperties()
        .filter(({ name }) => !['description', 'url'].includes(name))
        .map(String)
    expect(without(toAgent)).toEqual(without(toVisitor))
    expect(toVisitor?.value('url')).toBe(MANAGE_URL)
    expect(toVisitor?.value('description')).toContain(`Change or cancel: ${MANAGE_URL}`)
    expect(toAgent?.content).not.toContain('manage')
    expect(readBack(cancelledFacts()).content).not.toContain('manage')
  })

  it('carries subject, body and conference', () => {
    const { value } = readBack(meetingFacts())
    expect(value('summary')).toBe('Product demo')
    expect(value('description')).toBe(
      [
        'Your questions first.\nThen the tour.\n',
        'With: Ada Lovelace <ada@analytical.example>',
        'Join: https://meet.example.com/abc-defg-hij',
        `Change or cancel: ${MANAGE_URL}`,
      ].join('\n'),
    )
    expect(value('location')).toBe('https://meet.example.com/abc-defg-hij')
    expect(value('url')).toBe('https://meet.example.com/abc-defg-hij')
  })

  it('does without a conference, a body and names', () => {
    const nobody = { name: '', email: 'x@y.example' }
    const { value, property } = readBack(
      meetingFacts({ conferenceUrl: null, manageUrl: null, body: '', agent: nobody, visitor: nobody }),
    )
    for (const name of ['url', 'location']) expect(value(name)).toBeUndefined()
    expect(value('description')).toBe('With: x@y.example')
    expect(property('organizer')?.getParameter('cn')).toBe('Analytical Engines')
    expect(property('attendee')?.getParameter('cn')).toBe('x@y.example')
  })

  it('brings long text, line breaks, separators and emoji through folding and escaping', () => {
    const line = 'Ελλάδα, 日本語; a\\b "q" \\n : \u{1F469}\u200D\u{1F680} \u202Eabc '
    const body = `${line.repeat(40).trim()}\n\n\tBEGIN:VALARM\n${'x'.repeat(300)}\u{1F680}`
    const { value, content } = readBack(
      meetingFacts({ body, subject: line.repeat(9), conferenceUrl: null, manageUrl: null }),
    )
    expect(value('description')).toBe(`${body}\n\nWith: Ada Lovelace <ada@analytical.example>`)
    expect(value('summary')).toBe(line.repeat(9).trim())
    for (const each of content.split('\r\n')) expect(Buffer.byteLength(each)).toBeLessThanOrEqual(75)
    expect(content.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(content).toMatch(/\r\nEND:VCALENDAR\r\n$/)
  })

  it('cannot be given further properties by a name, a subject or a body', () => {
    const attack = 'x\r\nATTENDEE:mailto:evil@x.example\nBEGIN:VEVENT\u0000";X-EVIL=1:^n'
    const person = { name: attack, email: 'x@y.example' }
    const { event, property } = readBack(
      meetingFacts({
        subject: attack,
        body: attack,
        agent: person,
        visitor: person,
        conferenceUrl: attack,
      }),
    )
    expect(event.getAllProperties('attendee')).toHaveLength(2)
    expect(event.getAllSubcomponents()).toEqual([])
    expect(property('attendee')?.getParameter('x-evil')).toBeUndefined()
    expect(property('attendee')?.getParameter('cn')).toBe(
      'x ATTENDEE:mailto:evil@x.example BEGIN:VEVENT ";X-EVIL=1:^n',
    )
  })

  it('gives a conference address with commas and semicolons as a plain URI', () => {
    const { value } = readBack(meetingFacts({ conferenceUrl: 'https://meet.example.com/a;b=1,2?c=%20&d' }))
    expect(value('url')).toBe('https://meet.example.com/a%3Bb=1%2C2?c=%20&d')
    expect(value('location')).toBe('https://meet.example.com/a;b=1,2?c=%20&d')
  })
})
