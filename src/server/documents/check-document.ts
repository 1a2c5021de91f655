// Whether this server could execute a document: checked with the limits and rules that a request has to pass.
import {
  type DocumentNode,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import type { Limits } from '../../config/config.ts'
import { schema } from '../../schema/index.ts'
import { requireShort, requireWithinLimits } from '../use-query-limits.ts'

/** @returns what is wrong with the document. Its cost depends on variables, and is checked when it is executed. */
export function checkDocument(
  text: string,
  { limits, introspection }: { limits: Limits; introspection: boolean },
): string[] {
  if (Buffer.byteLength(text) > limits.maxBodyBytes) return ['The document is larger than a request may be.']
  try {
    requireShort(text, limits)
    const document = parse(text)
    requireWithinLimits(document, limits)
    if (!hasOperation(document)) return ['The document has no operation.']
    const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]
    return validate(schema, document, rules).map(({ message }) => onOneLine(message))
  } catch (error) {
    if (error instanceof GraphQLError) return [onOneLine(error.message)]
    throw error
  }
}

/** GraphQL quotes values as they are written. */
function onOneLine(message: string): string {
  return message.replace(/\s+/g, ' ')
}

function hasOperation({ definitions }: DocumentNode): boolean {
  return definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION)
}
