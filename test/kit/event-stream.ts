// Server-sent events as they go over the wire: one operation for each request, without a client's library.
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { expect, onTestFinished } from 'vitest'
import { eventually } from './eventually.ts'
import { addressOf } from './http.ts'
import type { Received } from './raw-socket.ts'

export interface ServerSentEvent {
  event: string
  data: string
}

export interface EventStream {
  /** The server's response, for example to pause it. */
  response: IncomingMessage
  status: number | undefined
  headers: IncomingHttpHeaders
  /** Every event received, in order, without comments. */
  events: ServerSentEvent[]
  /** Waits until it has received so many results.
   * @returns all of them, in order */
  received(count: number): Promise<Received[]>
  /** Waits until the server ends the response.
   * @returns the last event */
  ended(): Promise<ServerSentEvent | undefined>
  /** Disconnects. */
  close(): void
}

export interface EventStreamCall {
  query?: string
  documentId?: string
  extensions?: object
  variables?: Record<string, unknown>
  token?: string
  method?: 'POST' | 'GET'
  headers?: Record<string, string>
}

/** Sends an operation. The connection is closed when the test ends. */
export async function openEventStream(url: string, call: EventStreamCall): Promise<EventStream> {
  const { token, method = 'POST', headers, ...operation } = call
  const sent = request(`${url}${method === 'GET' ? addressOf(operation) : '/graphql'}`, {
    method,
    // Each stream has its own connection.
    agent: false,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  })
  onTestFinished(() => void sent.destroy())
  sent.end(method === 'POST' ? JSON.stringify(operation) : undefined)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  sent.once('response', resolve).on('error', reject)
  const response = await promise
  return follow(response, () => sent.destroy())
}

function follow(response: IncomingMessage, close: () => void): EventStream {
  const events: ServerSentEvent[] = []
  let rest = ''
  let isEnded = false
  response.setEncoding('utf8')
  response.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    events.push(...blocks.filter((block) => !block.startsWith(':')).map(parse))
  })
  response.on('end', () => {
    isEnded = true
  })
  response.on('error', () => {})
  return {
    response,
    events,
    close,
    status: response.statusCode,
    headers: response.headers,
    received: (count) =>
      eventually(() => {
        const results = events.filter(({ event }) => event === 'next').map(({ data }) => JSON.parse(data))
        if (results.length < count)
          throw new Error(`${count} were expected: ${JSON.stringify(events.slice(-5))}`)
        return results
      }),
    ended: async () => {
      await eventually(() => expect(isEnded).toBe(true))
      return events.at(-1)
    },
  }
}

function parse(block: string): ServerSentEvent {
  const lines = block.split('\n').map((line) => /^(event|data): ?(.*)$/.exec(line))
  const textOf = (name: string) => lines.find((line) => line?.[1] === name)?.[2]
  const event = textOf('event')
  const data = textOf('data')
  if (event === undefined || data === undefined) throw new Error(`Not an event: ${JSON.stringify(block)}`)
  return { event, data }
}
