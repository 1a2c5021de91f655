// Parses the body of POST requests. Only JSON is accepted, so that no form of another website can send a request, and
// never more bytes than the limit.
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { readText } from './read-text.ts'
import { requestError } from './request-error.ts'

/** Answers 415 with UNSUPPORTED_MEDIA_TYPE, 413 with BODY_TOO_LARGE, or 400 with BAD_REQUEST. */
export function useJsonRequests({ maxBodyBytes }: { maxBodyBytes: number }): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      if (request.method === 'POST') {
        requireJson(request.headers.get('content-type'))
        setRequestParser(async (post) => parseJson(await readBody(post, maxBodyBytes)))
      } else if (requestParser) {
        setRequestParser(async (get) => {
          try {
            return { ...(await requestParser(get)), ...documentIdIn(get) }
          } catch {
            throw requestError('BAD_REQUEST', 'The parameters `variables` and `extensions` must be JSON.')
          }
        })
      }
    },
  }
}

/** Yoga's parser leaves the parameter out. */
function documentIdIn({ url }: Request): { documentId?: string } {
  const documentId = new URL(url).searchParams.get('documentId')
  return documentId === null ? {} : { documentId }
}

function requireJson(contentType: string | null): void {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') {
    throw requestError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as `Content-Type: application/json`.')
  }
}

function parseJson(text: string): GraphQLParams {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw requestError('BAD_REQUEST', 'The body is not valid JSON.')
  }
  if (typeof body !== 'object' || body === null) {
    throw requestError('BAD_REQUEST', 'The body must be a JSON object.')
  }
  // Yoga validates the properties, and refuses an array.
  return body
}

async function readBody(request: Request, maxBytes: number): Promise<string> {
  const text = await readText(request, maxBytes).catch(() => {
    throw requestError('BAD_REQUEST', 'The body ended before it was complete.')
  })
  if (text !== null) return text
  throw requestError('BODY_TOO_LARGE', `The body must not be larger than ${Math.floor(maxBytes / 1024)} KiB.`)
}
