// Refuses documents that are too large before they cost anything: by their length before parsing, and by depth, aliases,
// directives, fields and what their validation would cost before validation. The schema limits the cost of an operation,
// because cost depends on variables (schema/builder.ts).
import { type DocumentNode, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Limits } from '../config/config.ts'
import { formatCount } from '../services/wording.ts'
import { countAliasesAndDirectives, depthOf, findExceeded, measureSelections } from './query-limits.ts'
import { requestError } from './request-error.ts'

/** Far more than a client needs. Validation compares directives with each other, so many of them are expensive. */
export const MAX_DIRECTIVES = 50
/** Each error of validation looks for its place line by line. */
export const MAX_LINES = 3000
/** Errors quote names. */
export const MAX_NAME_LENGTH = 200
/** Fields and fragments, through fragments. */
export const MAX_SELECTIONS = 1000
/** See `SelectionSize`. A hundred cost about 0.1 ms. */
export const MAX_COMPARISONS = 5000
/** Of a document that is not valid, only the first errors are looked for. */
export const MAX_VALIDATION_ERRORS = 10

type QueryLimits = Pick<Limits, 'maxTokens' | 'maxDepth' | 'maxAliases'>

/** Answers 400 with one of the codes that begin with QUERY_. */
export function useQueryLimits(limits: QueryLimits): Plugin {
  /** Yoga caches parsed documents. */
  const measured = new WeakSet<DocumentNode>()
  return {
    onParse({ params: { source } }) {
      requireShort(typeof source === 'string' ? source : source.body, limits)
      return ({ result }) => {
        if (!isDocument(result) || measured.has(result)) return
        requireWithinLimits(result, limits)
        measured.add(result)
      }
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema, document, rules) =>
        validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS }),
      )
    },
  }
}

/** @throws GraphQLError with QUERY_TOO_LONG */
export function requireShort(text: string, { maxTokens }: QueryLimits): void {
  const exceeded = findExceeded(text, { tokens: maxTokens, lines: MAX_LINES, nameLength: MAX_NAME_LENGTH })
  if (exceeded === null) return
  const limit = {
    tokens: `have more than ${formatCount(maxTokens)} tokens`,
    lines: `have more than ${formatCount(MAX_LINES)} lines`,
    nameLength: `have a name of more than ${MAX_NAME_LENGTH} characters`,
  }
  throw requestError('QUERY_TOO_LONG', `The query must not ${limit[exceeded]}.`)
}

/** @throws GraphQLError with QUERY_TOO_DEEP, QUERY_TOO_MANY_ALIASES, QUERY_TOO_MANY_DIRECTIVES, QUERY_TOO_MANY_FIELDS or
 * QUERY_TOO_REPETITIVE */
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
  requireCheapToValidate(document)
}

/** @param document no fragment of which includes itself */
function requireCheapToValidate(document: DocumentNode): void {
  const limit = { selections: MAX_SELECTIONS, comparisons: MAX_COMPARISONS }
  const { selections, comparisons } = measureSelections(document, limit)
  if (selections > MAX_SELECTIONS) {
    throw requestError(
      'QUERY_TOO_MANY_FIELDS',
      `The query must not select more than ${formatCount(MAX_SELECTIONS)} fields, those of its fragments included.`,
    )
  }
  if (comparisons > MAX_COMPARISONS) {
    throw requestError('QUERY_TOO_REPETITIVE', 'The query must not select the same fields so many times.')
  }
}

/** The hook also receives errors of the parser. */
function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'definitions' in result
}
