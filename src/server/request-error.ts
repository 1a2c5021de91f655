// Errors that refuse a request before any of it is executed. The codes are part of the API and never change; messages
// may.
import { GraphQLError } from 'graphql'

/** `spec`: the status for clients that accept `application/graphql-response+json`. The others get 200, as for a document
 * that is not valid, because some of them read the body of no other response. */
const HTTP = {
  BAD_REQUEST: { status: 400 },
  BODY_TOO_LARGE: { status: 413 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  QUERY_TOO_LONG: { status: 400 },
  QUERY_TOO_DEEP: { status: 400 },
  QUERY_TOO_MANY_ALIASES: { status: 400 },
  QUERY_TOO_MANY_DIRECTIVES: { status: 400 },
  QUERY_TOO_MANY_FIELDS: { status: 400 },
  QUERY_TOO_REPETITIVE: { status: 400 },
  PERSISTED_DOCUMENT_REQUIRED: { status: 403 },
  PERSISTED_QUERY_NOT_FOUND: { status: 400, spec: true },
  PERSISTED_QUERY_NOT_SUPPORTED: { status: 400, spec: true },
}

export type RequestErrorCode = keyof typeof HTTP

export function requestError(code: RequestErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { ...HTTP[code] } } })
}
