// The schema as text, in the one form in which it is committed (schema.graphql) and served.
import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from './index.ts'

/** Sorted by name, so that a difference between two versions shows only what has changed. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
