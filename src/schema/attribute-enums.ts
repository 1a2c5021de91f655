// The enums of attributes.
import type { AttributeType } from '../database/generated/client/enums.ts'
import { builder } from './builder.ts'

export const AttributeTypeRef = builder.enumType('AttributeType', {
  description: 'What the values of an attribute are, and how they are written.',
  values: {
    TEXT: { description: 'A text.' },
    INTEGER: { description: 'A whole number, for example `250`.' },
    NUMBER: { description: 'A number, for example `12.5`.' },
    BOOLEAN: { description: '`true` or `false`.' },
    DATE: { description: 'A date of the calendar, as `YYYY-MM-DD`.' },
    DATE_TIME: { description: 'An instant in RFC 3339, for example `2026-12-01T09:00:00Z`.' },
    EMAIL: { description: 'An e-mail address.' },
    PHONE: { description: 'A phone number, kept in the international format, for example `+4930901820`.' },
    PICKLIST: { description: 'One of the values that the attribute offers.' },
  } satisfies Record<AttributeType, { description: string }>,
})
