// The enums of attributes.
import type { AttributeType } from '../database/generated/client/enums.ts'
import { MAX_TEXT_VALUE_LENGTH } from '../services/attributes/values.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'

export const AttributeTypeRef = builder.enumType('AttributeType', {
  description:
    'Which values an attribute has. A value that does not fit is refused, not converted. In `Person.attributes` the values are JSON of the type that is named here; a text in the same notation is accepted too.',
  values: {
    TEXT: { description: `A text of at most ${formatCount(MAX_TEXT_VALUE_LENGTH)} characters.` },
    INTEGER: {
      description: `A whole number from -${Number.MAX_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}, for example \`250\`.`,
    },
    NUMBER: { description: 'A number, for example `12.5`.' },
    BOOLEAN: { description: '`true` or `false`.' },
    DATE: { description: 'A date as a text, for example `"2026-12-24"`.' },
    DATE_TIME: {
      description:
        'An instant as a text with an offset, for example `"2026-12-24T10:00:00+01:00"`. It is stored in UTC.',
    },
    EMAIL: {
      description:
        'An e-mail address as a text. It is stored in lower case, its domain in ASCII (`ada@xn--mnchen-3ya.de`).',
    },
    PHONE: {
      description:
        'A phone number as a text and nothing else, with its country code, or without it for the country of `Workspace.phoneCountry`. It is stored in E.164, for example `"+14165550123"`.',
    },
    PICKLIST: { description: 'One of the `values` of the attribute, as a text. Its case does not matter.' },
  } satisfies Record<AttributeType, { description: string }>,
})
