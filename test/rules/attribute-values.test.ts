// docs/semantics.md, section 10: the values of attributes, as they are written and as they are stored.
import { describe, expect, it } from 'vitest'
import type { AttributeType } from '../../src/database/generated/client/enums.ts'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import { BUILT_IN_ATTRIBUTES, isSayable } from '../../src/services/attributes/built-in.ts'
import { parseValue } from '../../src/services/attributes/values.ts'
import { type Described, readValueOf, withValue } from '../../src/services/people/attribute-values.ts'
import { personInput } from '../../src/services/people/person-input.ts'
import { attributeOf } from './attributes.ts'

const parse = (type: AttributeType, given: unknown, phoneCountry: string | null = null) =>
  parseValue(attributeOf(type), given, { phoneCountry })

const builtIn = (entity: Attribute['entity'], name: string): Attribute => {
  const { type } = BUILT_IN_ATTRIBUTES.find((each) => each.entity === entity && each.name === name)!
  return { id: name, entity, name, type, values: [] }
}

describe('a value', () => {
  it.each<[AttributeType, unknown, unknown]>([
    ['TEXT', ' two\nlines ', 'two\nlines'],
    ['TEXT', '10', '10'],
    ['TEXT', '\u{1f600}', '\u{1f600}'],
    ['INTEGER', 250, 250],
    ['INTEGER', ' 250 ', 250],
    ['INTEGER', '-7', -7],
    ['INTEGER', -0, 0],
    ['INTEGER', 9007199254740991, 9007199254740991],
    ['NUMBER', 12.5, 12.5],
    ['NUMBER', '12.50', 12.5],
    ['NUMBER', '-1e-3', -0.001],
    ['BOOLEAN', false, false],
    ['BOOLEAN', 'True', true],
    ['DATE', '2028-02-29', '2028-02-29'],
    ['DATE', ' 1815-12-10 ', '1815-12-10'],
    ['DATE_TIME', '2026-12-01T10:00:00+01:00', '2026-12-01T09:00:00.000Z'],
    ['DATE_TIME', '2026-12-01T09:00:00.5z', '2026-12-01T09:00:00.500Z'],
    ['EMAIL', 'a+b@münchen.de', 'a+b@xn--mnchen-3ya.de'],
    ['EMAIL', ' Ada@Engines.Example ', 'ada@engines.example'],
    ['PHONE', '+1 (416) 555-0123', '+14165550123'],
    ['PHONE', '+44 (0)20 7946 0018', '+442079460018'],
    ['PICKLIST', 'small', 'Small'],
    ['PICKLIST', 'GRÖSSER', 'Größer'],
    ['PICKLIST', 'gro\u0308\u00dfer', 'Größer'],
  ])('%s %j is stored as %j', (type, given, stored) => {
    expect(parse(type, given)).toEqual({ value: stored, warning: null })
  })

  it.each<[AttributeType, unknown, string]>([
    ['TEXT', 10, 'INVALID_FORMAT'],
    ['TEXT', { a: 1 }, 'INVALID_FORMAT'],
    ['TEXT', ['a'], 'INVALID_FORMAT'],
    ['TEXT', ' ', 'REQUIRED'],
    ['TEXT', 'x'.repeat(2001), 'TOO_LONG'],
    ['TEXT', 'a\0b', 'INVALID_FORMAT'],
    ['TEXT', '\ud800', 'INVALID_FORMAT'],
    ['INTEGER', 1.5, 'INVALID_FORMAT'],
    ['INTEGER', '1.0', 'INVALID_FORMAT'],
    ['INTEGER', '1e3', 'INVALID_FORMAT'],
    ['INTEGER', '1 000', 'INVALID_FORMAT'],
    ['INTEGER', '', 'INVALID_FORMAT'],
    ['INTEGER', true, 'INVALID_FORMAT'],
    ['INTEGER', null, 'INVALID_FORMAT'],
    ['INTEGER', 9007199254740992, 'OUT_OF_RANGE'],
    ['INTEGER', '-9007199254740993', 'OUT_OF_RANGE'],
    ['NUMBER', 'NaN', 'INVALID_FORMAT'],
    ['NUMBER', '1e999', 'INVALID_FORMAT'],
    ['NUMBER', '.5.', 'INVALID_FORMAT'],
    ['NUMBER', [1], 'INVALID_FORMAT'],
    ['BOOLEAN', 1, 'INVALID_FORMAT'],
    ['BOOLEAN', 'yes', 'INVALID_FORMAT'],
    ['DATE', '2026-02-30', 'INVALID_FORMAT'],
    ['DATE', '2026-1-1', 'INVALID_FORMAT'],
    ['DATE', '2026-12-01T09:00:00Z', 'INVALID_FORMAT'],
    ['DATE_TIME', '2026-12-01', 'INVALID_FORMAT'],
    ['DATE_TIME', '2026-12-01T09:00:00', 'INVALID_FORMAT'],
    ['EMAIL', 'ada@', 'INVALID_FORMAT'],
    ['EMAIL', 'Ada <ada@engines.example>', 'INVALID_FORMAT'],
    ['EMAIL', `${'a'.repeat(250)}@b.example`, 'TOO_LONG'],
    ['PHONE', '416 555 0123', 'INVALID_FORMAT'],
    ['PHONE', '+1 416', 'INVALID_FORMAT'],
    ['PHONE', '+999 123456', 'INVALID_FORMAT'],
    ['PHONE', 4165550123, 'INVALID_FORMAT'],
    ['PHONE', '+1 416 555 0123 ext. 5', 'INVALID_FORMAT'],
    ['PHONE', '+1 416 555 0123 or +1 416 555 0124', 'INVALID_FORMAT'],
    ['PICKLIST', 'Huge', 'UNKNOWN'],
    ['PICKLIST', 10, 'INVALID_FORMAT'],
  ])('%s %j is refused as %s', (type, given, code) => {
    const parsed = parse(type, given)
    expect(parsed).toMatchObject({ fault: { code } })
    expect(parsed).toMatchObject({ fault: { message: expect.stringMatching(/\.$/) } })
  })
})

describe('a phone number', () => {
  it('of another country than the default one is valid, also without its country code', () => {
    expect(parse('PHONE', '(416) 555-0123', 'US')).toEqual({ value: '+14165550123', warning: null })
    expect(parse('PHONE', '+49 30 901820', 'US')).toEqual({ value: '+4930901820', warning: null })
    expect(parse('PHONE', '030 901820', 'DE')).toEqual({ value: '+4930901820', warning: null })
  })

  it('in prose is refused', () => {
    for (const text of ['call me at 416 555 0123', '416 555 0123 please', '1-800-FLOWERS', 'none']) {
      expect(parse('PHONE', text, 'US')).toMatchObject({ fault: { code: 'INVALID_FORMAT' } })
    }
  })

  it('that is possible, but belongs to nobody as far as is known, is taken with a warning', () => {
    expect(parse('PHONE', '+1 123 456 7890')).toEqual({
      value: '+11234567890',
      warning: 'No phone numbers like this one are known.',
    })
  })
})

describe('the values that somebody has', () => {
  const ada: Described = {
    email: 'ada@engines.example',
    firstName: 'Ada',
    lastName: null,
    jobTitle: '',
    phone: '030 901820',
    companyName: 'Engines Ltd',
    companyDomain: null,
    companyAttributes: { employees: 250, country: '' },
    attributes: { plan: 'Pro', score: '12', firstName: 'Grace', size: 'gone' },
  }
  const own = (entity: Attribute['entity'], type: AttributeType, name: string): Attribute => ({
    ...attributeOf(type),
    entity,
    name,
  })

  it.each<[Attribute, unknown]>([
    [builtIn('PERSON', 'email'), 'ada@engines.example'],
    [builtIn('PERSON', 'firstName'), 'Ada'],
    [builtIn('PERSON', 'lastName'), null],
    [builtIn('PERSON', 'jobTitle'), null],
    [builtIn('PERSON', 'phone'), '030 901820'],
    [builtIn('PERSON', 'crmStatus'), null],
    [builtIn('COMPANY', 'name'), 'Engines Ltd'],
    [builtIn('COMPANY', 'domain'), null],
    [own('PERSON', 'TEXT', 'plan'), 'Pro'],
    [own('PERSON', 'INTEGER', 'plan'), null],
    [own('PERSON', 'NUMBER', 'score'), null],
    [own('PERSON', 'PICKLIST', 'size'), 'gone'],
    [own('PERSON', 'TEXT', 'toString'), null],
    [own('COMPANY', 'TEXT', 'plan'), null],
    [own('COMPANY', 'INTEGER', 'employees'), 250],
    [own('COMPANY', 'TEXT', 'country'), null],
  ])('%o is %j', (attribute, value) => {
    expect(readValueOf(ada, attribute)).toBe(value)
  })

  it('are none where nothing is known', () => {
    const nobody = { ...ada, attributes: null, companyAttributes: {} }
    expect(readValueOf(nobody, own('PERSON', 'TEXT', 'plan'))).toBeNull()
    expect(readValueOf({ ...ada, crmStatus: 'Customer' }, builtIn('PERSON', 'crmStatus'))).toBe('Customer')
  })

  it.each<[Attribute, string | number, object]>([
    [builtIn('PERSON', 'lastName'), 'Lovelace', { lastName: 'Lovelace' }],
    [builtIn('PERSON', 'phone'), '+4930901820', { phone: '+4930901820' }],
    [builtIn('COMPANY', 'domain'), 'engines.example', { company: { domain: 'engines.example' } }],
    [own('PERSON', 'TEXT', 'plan'), 'Basic', { attributes: { ...Object(ada.attributes), plan: 'Basic' } }],
    [
      own('COMPANY', 'INTEGER', 'offices'),
      2,
      { company: { attributes: { employees: 250, country: '', offices: 2 } } },
    ],
  ])('are said one by one: %o %j', (attribute, value, said) => {
    const input = withValue(attribute, { value, present: ada })
    expect(input).toEqual(said)
    expect(personInput.parse(input)).toEqual(said)
  })

  it('fit what may be said of a person, except for the status in the CRM', () => {
    for (const { entity, name, maxLength } of BUILT_IN_ATTRIBUTES) {
      const attribute = builtIn(entity, name)
      if (maxLength === null) continue
      expect(parseValue(attribute, 'x'.repeat(maxLength + 1), { phoneCountry: null })).toMatchObject({
        fault: { code: 'TOO_LONG', limit: maxLength },
      })
      expect(parseValue(attribute, 'two\nlines', { phoneCountry: null })).toMatchObject({
        fault: { code: 'INVALID_FORMAT' },
      })
      expect(isSayable(attribute)).toBe(name !== 'crmStatus')
    }
  })
})
