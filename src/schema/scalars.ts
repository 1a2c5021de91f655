// Scalars. As inputs they accept any text: the operation checks it, and returns an InvalidInputError that names the
// field.
import { GraphQLError } from 'graphql'
import { MAX_EMAIL_LENGTH } from '../services/input.ts'
import { EVENTS_KEPT_MS } from '../services/tidy.ts'
import { formatDuration } from '../services/wording.ts'
import { builder } from './builder.ts'

const RFC_3339 = 'https://www.rfc-editor.org/rfc/rfc3339'

const formatMinutes = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

function acceptText(value: unknown): string {
  if (typeof value !== 'string') {
    throw new GraphQLError('Must be a string.', { extensions: { code: 'BAD_USER_INPUT' } })
  }
  return value
}

builder.scalarType('DateTime', {
  specifiedByURL: `${RFC_3339}#section-5.6`,
  description:
    'An instant in the format of RFC 3339 with an offset, for example `2026-12-01T09:00:00Z`. Results are in UTC.',
  parseValue: acceptText,
  serialize: (value) => value.toISOString(),
})
builder.scalarType('Date', {
  specifiedByURL: `${RFC_3339}#section-5.6`,
  description: 'A calendar date, `YYYY-MM-DD`, for example `2026-12-24`.',
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('LocalTime', {
  specifiedByURL: 'https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#times',
  description: 'A time of day, `HH:mm`, from `00:00` to `23:59`.',
  parseValue: acceptText,
  serialize: formatMinutes,
})
builder.scalarType('LocalEndTime', {
  specifiedByURL: 'https://www.iso.org/standard/81801.html',
  description:
    'The time of day at which a block ends, `HH:mm`, from `00:01` to `24:00`, which is the end of the day.',
  parseValue: acceptText,
  serialize: formatMinutes,
})
builder.scalarType('TimeZone', {
  specifiedByURL: 'https://www.iana.org/time-zones',
  description:
    'The name of an IANA time zone, for example `Europe/Berlin`. It is taken in upper and lower case, and answered in its proper spelling.',
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('EmailAddress', {
  specifiedByURL: 'https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address',
  description: `An e-mail address of at most ${MAX_EMAIL_LENGTH} characters, for example \`ada@example.com\`. Upper and lower case are equivalent. A domain with letters beyond ASCII is answered in Punycode: \`ada@bücher.example\` becomes \`ada@xn--bcher-kva.example\`.`,
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('URL', {
  specifiedByURL: 'https://url.spec.whatwg.org/',
  description:
    'A web address that begins with `https://` or `http://`, for example `https://www.example.com/pricing`.',
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('EventCursor', {
  specifiedByURL: 'https://relay.dev/graphql/connections.htm#sec-Cursor',
  description: `A position in an event stream. It is opaque and valid only for the stream and the viewer that it was issued for. The events after it are kept for ${formatDuration(EVENTS_KEPT_MS)}.`,
  parseValue: acceptText,
  serialize: (value) => value,
})
builder.scalarType('JSONObject', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259#section-4',
  description: 'A JSON object whose keys are attribute names, for example `{ "industry": "Shipping" }`.',
  parseValue: (value) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value))
    }
    throw new GraphQLError('Must be an object.', { extensions: { code: 'BAD_USER_INPUT' } })
  },
  serialize: (value) => value,
})
