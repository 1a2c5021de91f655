// Checks the arguments of every connection before the operation is executed. Without it, an invalid cursor would reach
// the database.
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import { parsePrismaCursor } from '@pothos/plugin-prisma'
import { validate } from 'uuid'
import { type InputIssue, InvalidInputError } from '../errors.ts'

const NAME = 'pageArguments'

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      pageArguments: PageArgumentsPlugin<Types>
    }
  }
}

/** Pothos applies argument mappers wherever it reads the arguments: for the cost, for the query and for the resolver. */
class PageArgumentsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (!('first' in field.args && 'after' in field.args)) return field
    return { ...field, argMappers: [...field.argMappers, checkPageArguments] }
  }
}

SchemaBuilder.registerPlugin(NAME, PageArgumentsPlugin)
export default NAME

/** @throws InvalidInputError with all faults */
function checkPageArguments(values: Record<string, unknown>): Record<string, unknown> {
  const issues = [
    ...['first', 'last'].flatMap((name) => {
      const size = values[name]
      return typeof size === 'number' && size < 0
        ? issue(name, { code: 'OUT_OF_RANGE', message: 'Must not be negative.', limit: 0 })
        : []
    }),
    ...['after', 'before'].flatMap((name) =>
      isGiven(values[name]) && !isCursor(values[name])
        ? issue(name, { code: 'INVALID_FORMAT', message: 'Must be a cursor of the list.' })
        : [],
    ),
    ...NOT_TOGETHER.flatMap(([name, other]) =>
      isGiven(values[name]) && isGiven(values[other])
        ? issue(name, { code: 'CONFLICTING', message: `Must not be given together with ${other}.` })
        : [],
    ),
  ]
  if (issues.length > 0) throw new InvalidInputError(issues)
  return values
}

const NOT_TOGETHER = [
  ['before', 'after'],
  ['before', 'first'],
  ['last', 'after'],
] as const

function issue(name: string, fault: Omit<InputIssue, 'path'>): InputIssue {
  return { path: [name], ...fault }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** The cursor of every connection is an id. */
function isCursor(value: unknown): boolean {
  try {
    const id = parsePrismaCursor(value)
    return typeof id === 'string' && validate(id)
  } catch {
    return false
  }
}
