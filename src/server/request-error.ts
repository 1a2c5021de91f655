// Errors that refuse a request before any of it is executed. The codes are part of the API and never change; messages
// may.
import { GraphQLError } from 'graphql'

const STATUS = {
  BAD_REQUEST: 400,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  QUERY_TOO_LONG: 400,
  QUERY_TOO_DEEP: 400,
  QUERY_TOO_MANY_ALIASES: 400,
  QUERY_TOO_MANY_DIRECTIVES: 400,
}

export type RequestErrorCode = keyof typeof STATUS

/** The response has the status of the code, whichever media type the client accepts. */
export function requestError(code: RequestErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: STATUS[code] } } })
}
