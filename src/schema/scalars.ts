// Scalars. On the way in they accept any text: the operation checks it, and answers an InvalidInputError
// that names the field.
import { GraphQLError } from 'graphql'
import { builder } from './builder.ts'

const formatMinutes = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

function acceptText(value: unknown): string {
  if (typeof value !== 'string') {
    throw new GraphQLError('Must be a string.', { extensions: { code: 'BAD_USER_INPUT' } })
  }
  return value
}

builder.scalarType('DateTime', {
  description: 'An instant: RFC 3339 with an offset, for example `2026-12-01T09:00:00Z`. Answered in UTC.',
  parseValue: acceptText,
  serialize: (value) => value.toISOString(),
})
builder.scalarType('Date', {
  description: 'A date of the calendar: `YYYY-MM-DD`, for example `2026-12-24`.',
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('LocalTime', {
  description: 'A time on the wall clock: `HH:mm`, 00:00 to 23:59.',
  parseValue: acceptText,
  serialize: formatMinutes,
})
builder.scalarType('LocalEndTime', {
  description: 'The end of a block on the wall clock: `HH:mm`, 00:01 to 24:00. 24:00 is the end of the day.',
  parseValue: acceptText,
  serialize: formatMinutes,
})
builder.scalarType('TimeZone', {
  description: 'The IANA name of a time zone, for example `Europe/Berlin`.',
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('EmailAddress', {
  description: 'An e-mail address, for example `ada@example.com`. Upper and lower case are the same.',
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('URL', {
  description: 'An address that begins with `https://` or `http://`.',
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('EventCursor', {
  description:
    'A place in a stream of events. Opaque; good for the stream and the viewer it was answered to, for 7 days.',
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('JSONObject', {
  description: 'A JSON object whose keys are names of attributes.',
  parseValue: (value) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value))
    }
    throw new GraphQLError('Must be an object.', { extensions: { code: 'BAD_USER_INPUT' } })
  },
  serialize: (value) => value,
})
