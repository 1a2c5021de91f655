// Checks what is said of a person against the definitions of attributes.
import type { AttributeEntity } from '../../database/generated/client/enums.ts'
import type { Transaction } from '../../database/open.ts'
import { type InputIssue, InvalidInputError } from '../../errors.ts'
import type { Attribute, AttributeValue } from '../attributes/attribute.ts'
import { isMissing, parseValue, type ValueSettings } from '../attributes/values.ts'
import type { PersonInput } from './person-input.ts'

/** Where the person is in the arguments of every mutation that takes one. */
const PATH = ['input', 'person']

type Values = NonNullable<PersonInput['attributes']>

interface Definitions extends ValueSettings {
  /** At least those that are named, built-in ones included. */
  attributes: (Attribute & { builtIn: boolean })[]
}

/** Takes a statement if values are given.
 * @returns the same with the values as they are stored; missing ones are left out
 * @throws InvalidInputError with an issue for each attribute that the workspace has not defined, and for each value that does
 *   not fit its type */
export async function checkAttributes(
  tx: Transaction,
  { workspaceId, said }: { workspaceId: string; said: PersonInput },
): Promise<PersonInput> {
  const { attributes, company } = said
  const names = [...Object.keys(attributes ?? {}), ...Object.keys(company?.attributes ?? {})]
  if (names.length === 0) return said
  const definitions = await readDefinitions(tx, { workspaceId, names })
  const ofPerson = checkValues(attributes, { entity: 'PERSON', path: ['attributes'], definitions })
  const ofCompany = checkValues(company?.attributes, {
    entity: 'COMPANY',
    path: ['company', 'attributes'],
    definitions,
  })
  const issues = [...ofPerson.issues, ...ofCompany.issues]
  if (issues.length > 0) throw new InvalidInputError(issues)
  return {
    ...said,
    attributes: ofPerson.values,
    ...(company ? { company: { ...company, attributes: ofCompany.values } } : {}),
  }
}

async function readDefinitions(
  tx: Transaction,
  { workspaceId, names }: { workspaceId: string; names: string[] },
): Promise<Definitions> {
  const rows = await tx.$queryRaw<(Definitions['attributes'][number] & { phoneCountry: string | null })[]>`
    SELECT a."id", a."entity", a."name", a."type", a."values", a."builtIn", w."phoneCountry"
    FROM "Workspace" w JOIN "Attribute" a ON a."workspaceId" = w."id" AND a."name" = ANY (${names}::text[])
    WHERE w."id" = ${workspaceId}::uuid`
  return { attributes: rows, phoneCountry: rows[0]?.phoneCountry ?? null }
}

function checkValues(
  given: Values | null | undefined,
  at: { entity: AttributeEntity; path: string[]; definitions: Definitions },
): { values: Values | null | undefined; issues: InputIssue[] } {
  if (!given) return { values: given, issues: [] }
  const values: [string, AttributeValue][] = []
  const issues: InputIssue[] = []
  for (const [name, value] of Object.entries(given)) {
    const read = checkValue(name, value, at)
    if ('fault' in read) issues.push({ path: [...PATH, ...at.path, name], ...read.fault })
    else if (read.value !== null) values.push([name, read.value])
  }
  return { values: Object.fromEntries(values), issues }
}

function checkValue(
  name: string,
  given: unknown,
  { entity, definitions }: { entity: AttributeEntity; definitions: Definitions },
): { value: AttributeValue | null } | { fault: Omit<InputIssue, 'path'> } {
  const attribute = definitions.attributes.find((each) => each.entity === entity && each.name === name)
  if (attribute === undefined) {
    return { fault: { code: 'UNKNOWN', message: 'The workspace has defined no such attribute.' } }
  }
  if (attribute.builtIn) {
    return { fault: { code: 'NOT_ALLOWED', message: 'This attribute is a field of its own.' } }
  }
  return isMissing(given) ? { value: null } : parseValue(attribute, given, definitions)
}
