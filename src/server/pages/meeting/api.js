// Talks to the API with the token of the visitor's link.

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000

/** A failure that the API names, or a network that failed: then there is no code. */
export class ApiError extends Error {
  /** @param {{ code?: string, reason?: string }} [extensions] */
  constructor(message, { code, reason } = {}) {
    super(message)
    this.code = code
    this.reason = reason
  }
}

/** Runs a query or a mutation. */
export async function ask(token, query, variables) {
  const response = await post(token, { accept: 'application/json', body: { query, variables } }).catch(() => {
    throw new ApiError('The server cannot be reached.')
  })
  return readData(response)
}

/**
 * Runs a subscription over server-sent events, and subscribes again whenever it ends, until it is stopped.
 * @param handlers.onData gets each answer
 * @param handlers.onError gets a failure that the API names; the subscription is then not tried again
 * @returns stop
 */
export function subscribe(token, operation, { onData, onError }) {
  const stopping = new AbortController()
  const { signal } = stopping
  keepSubscribing(token, { ...operation, signal }, onData).catch((error) => {
    if (!signal.aborted) onError(error)
  })
  return () => stopping.abort()
}

/** @throws the failure that ends the attempts */
async function keepSubscribing(token, operation, onData) {
  const { signal } = operation
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      for await (const data of streamData(token, operation)) {
        signal.throwIfAborted()
        failures = 0
        onData(data)
      }
    } catch (error) {
      if (signal.aborted || isFinal(error)) throw error
    }
    await pause(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * Math.random())
  }
}

/** Whether a new attempt would fail in the same way. */
const isFinal = ({ code }) =>
  ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'INVALID_INPUT', 'BAD_USER_INPUT'].includes(code)

async function* streamData(token, { query, variables, signal }) {
  const response = await post(token, { accept: 'text/event-stream', body: { query, variables }, signal })
  if (!response.headers.get('content-type')?.includes('text/event-stream')) {
    await readData(response)
    return
  }
  let text = ''
  for await (const chunk of readChunks(response.body.pipeThrough(new TextDecoderStream()))) {
    text += chunk
    const messages = text.split('\n\n')
    text = messages.pop()
    for (const message of messages) {
      const json = /^event: next\ndata: (.+)$/m.exec(message)?.[1]
      if (json) yield requireData(JSON.parse(json))
    }
  }
}

/** Safari cannot iterate over a stream. */
async function* readChunks(stream) {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

function post(token, { accept, body, signal }) {
  return fetch('/graphql', {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal,
  })
}

async function readData(response) {
  const answer = await response.json().catch(() => {
    throw new ApiError('The server has a fault.')
  })
  return requireData(answer)
}

function requireData({ data, errors }) {
  if (errors) throw new ApiError(errors[0].message, errors[0].extensions)
  return data
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
