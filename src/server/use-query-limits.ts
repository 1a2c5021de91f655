// Refuses documents that are too large before they cost anything: by tokens before parsing, and by depth, aliases and
// directives before validation. The schema limits the cost of an operation, because cost depends on variables
// (schema/builder.ts).
import type { DocumentNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Limits } from '../config/config.ts'
import { countAliasesAndDirectives, depthOf, hasMoreTokens } from './query-limits.ts'
import { requestError } from './request-error.ts'

/** Far more than a client needs. Validation compares directives with each other, so many of them are expensive. */
export const MAX_DIRECTIVES = 50

type QueryLimits = Pick<Limits, 'maxTokens' | 'maxDepth' | 'maxAliases'>

/** Answers 400 with QUERY_TOO_LONG, QUERY_TOO_DEEP, QUERY_TOO_MANY_ALIASES or QUERY_TOO_MANY_DIRECTIVES. */
export function useQueryLimits(limits: QueryLimits): Plugin {
  return {
    onParse({ params: { source } }) {
      requireShort(typeof source === 'string' ? source : source.body, limits)
      return ({ result }) => {
        if (isDocument(result)) requireWithinLimits(result, limits)
      }
    },
  }
}

/** @throws GraphQLError with QUERY_TOO_LONG */
export function requireShort(text: string, { maxTokens }: QueryLimits): void {
  if (!hasMoreTokens(text, maxTokens)) return
  throw requestError('QUERY_TOO_LONG', `The query must not have more than ${maxTokens} tokens.`)
}

/** @throws GraphQLError with QUERY_TOO_DEEP, QUERY_TOO_MANY_ALIASES or QUERY_TOO_MANY_DIRECTIVES */
export function requireWithinLimits(document: DocumentNode, { maxDepth, maxAliases }: QueryLimits): void {
  const { aliases, directives } = countAliasesAndDirectives(document)
  if (aliases > maxAliases) {
    throw requestError('QUERY_TOO_MANY_ALIASES', `The query must not have more than ${maxAliases} aliases.`)
  }
  if (directives > MAX_DIRECTIVES) {
    throw requestError(
      'QUERY_TOO_MANY_DIRECTIVES',
      `The query must not have more than ${MAX_DIRECTIVES} directives.`,
    )
  }
  if (depthOf(document) > maxDepth) {
    throw requestError(
      'QUERY_TOO_DEEP',
      `The query must not nest fields deeper than ${maxDepth} levels, nor include a fragment in itself.`,
    )
  }
}

/** The hook also receives errors of the parser. */
function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'definitions' in result
}
