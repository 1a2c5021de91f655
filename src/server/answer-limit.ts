// The limit on the size of an answer. The cost of an operation counts fields, but fields can hold long texts, and some
// lists have no pages.
import { GraphQLError } from 'graphql'

export const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** Stands in the place of an answer that is too large. */
export class AnswerTooLargeError extends GraphQLError {
  constructor(operation: 'query' | 'mutation' | 'subscription') {
    const limit = `The answer would be larger than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB. Request fewer items or fields.`
    const http = operation === 'subscription' ? {} : { http: { status: 400 } }
    super(operation === 'mutation' ? `The mutation was executed. ${limit}` : limit, {
      extensions: { code: 'ANSWER_TOO_LARGE', ...http },
    })
  }
}

/** @param json an answer */
export function isTooLarge(json: string): boolean {
  return Buffer.byteLength(json) > MAX_ANSWER_BYTES
}
