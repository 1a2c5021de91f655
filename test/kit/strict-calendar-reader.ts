// Reads an iCalendar object by the letter of RFC 5545 and RFC 5546, and refuses what a lenient parser forgives. It shares
// nothing with what writes ours, nor with ical.js.

export interface ReadEvent {
  method: string
  uid: string
  sequence: number
  status: string
  startsAt: string
  endsAt: string
  /** Addresses, in lower case. */
  organizer: string
  attendees: string[]
  summary: string
  description: string
  url: string | null
}

interface Property {
  name: string
  parameters: Map<string, string>
  value: string
}

const MAX_OCTETS = 75
/** Each stands in an event exactly once. */
const REQUIRED = [
  'UID',
  'DTSTAMP',
  'DTSTART',
  'DTEND',
  'SEQUENCE',
  'STATUS',
  'SUMMARY',
  'ORGANIZER',
  'DESCRIPTION',
]

/** @throws when it is not an object with one event that scheduling needs, written by the letter */
export function readStrictly(content: string): ReadEvent {
  const properties = unfold(content).map(readProperty)
  const { calendar, event } = splitEvent(properties)
  const one = (name: string, among: Property[]): string => {
    const found = among.filter((property) => property.name === name)
    if (found.length !== 1) throw new Error(`${name} stands ${found.length} times.`)
    return found[0]!.value
  }
  if (one('VERSION', calendar) !== '2.0') throw new Error('VERSION must be 2.0.')
  one('PRODID', calendar)
  for (const name of REQUIRED) one(name, event)
  instantOf(one('DTSTAMP', event))
  const attendees = event.filter(({ name }) => name === 'ATTENDEE')
  const urls = event.filter(({ name }) => name === 'URL')
  return {
    method: one('METHOD', calendar),
    uid: one('UID', event),
    sequence: wholeNumber(one('SEQUENCE', event)),
    status: one('STATUS', event),
    startsAt: instantOf(one('DTSTART', event)),
    endsAt: instantOf(one('DTEND', event)),
    organizer: addressOf(one('ORGANIZER', event)),
    attendees: attendees.map(({ value }) => addressOf(value)).sort(),
    summary: textOf(one('SUMMARY', event)),
    description: textOf(one('DESCRIPTION', event)),
    url: urls.length === 0 ? null : one('URL', event),
  }
}

/** Section 3.1: lines of at most 75 octets end with CRLF; a line that begins with white space continues the one before. */
function unfold(content: string): string[] {
  if (!content.endsWith('\r\n')) throw new Error('The last line has no end.')
  const lines = content.slice(0, -2).split('\r\n')
  for (const line of lines) {
    if (/[\r\n]/.test(line)) throw new Error(`A line break that is not CRLF: ${JSON.stringify(line)}`)
    if (Buffer.byteLength(line) > MAX_OCTETS) throw new Error(`Too long: ${line}`)
  }
  return lines
    .join('\r\n')
    .replace(/\r\n[ \t]/g, '')
    .split('\r\n')
}

function readProperty(line: string): Property {
  const read = /^([A-Z][A-Z0-9-]*)((?:;[A-Z0-9-]+=(?:"[^"\p{Cc}]*"|[^";:,\p{Cc}]*))*):(.*)$/u.exec(line)
  if (read === null) throw new Error(`Not a property: ${line}`)
  const [, name = '', given = '', value = ''] = read
  if (/[^\P{Cc}\t]/u.test(value)) throw new Error(`A control character: ${line}`)
  const parameters = [...given.matchAll(/;([A-Z0-9-]+)=(?:"([^"]*)"|([^";:,]*))/g)].map(
    ([, key = '', quoted, plain]) => [key, quoted ?? plain ?? ''] as const,
  )
  return { name, parameters: new Map(parameters), value }
}

/** One VCALENDAR with one VEVENT and nothing else. */
function splitEvent(properties: Property[]): { calendar: Property[]; event: Property[] } {
  const marks = properties.filter(({ name }) => name === 'BEGIN' || name === 'END')
  const order = marks.map(({ name, value }) => `${name} ${value}`).join(', ')
  if (order !== 'BEGIN VCALENDAR, BEGIN VEVENT, END VEVENT, END VCALENDAR') throw new Error(order)
  const at = (mark: Property) => properties.indexOf(mark)
  const [begin, first, last, end] = marks.map(at) as [number, number, number, number]
  if (begin !== 0 || end !== properties.length - 1)
    throw new Error('Something stands outside of the calendar.')
  const inside = properties.slice(first + 1, last)
  return { calendar: properties.filter((property) => !inside.includes(property)), event: inside }
}

function instantOf(value: string): string {
  const read = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value)
  if (read === null) throw new Error(`Not an instant in UTC: ${value}`)
  const [, year, month, day, hour, minute, second] = read
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`).toISOString()
}

function addressOf(value: string): string {
  const [, address] = /^mailto:([^\s<>"@]+@[\x21-\x7e]+)$/i.exec(value) ?? []
  if (address === undefined) throw new Error(`Not an address: ${value}`)
  return address.toLowerCase()
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`Not a number: ${value}`)
  return Number(value)
}

/** Section 3.3.11: backslash, semicolon, comma and line break are escaped, and nothing else. */
function textOf(value: string): string {
  if (/(^|[^\\])(\\\\)*(?:[;,]|\\[^\\;,nN])/.test(value)) throw new Error(`Not escaped: ${value}`)
  return value.replace(/\\(.)/g, (_, escaped: string) => (/n/i.test(escaped) ? '\n' : escaped))
}
