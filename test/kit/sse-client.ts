// A client of server-sent events: one subscription for each request, and nothing hidden or mended.
import { onTestFinished } from 'vitest'
import { eventually } from './eventually.ts'
import type { LiveResult, Subscription } from './socket-client.ts'

/** Subscribes; the subscription ends with the test.
 * @param url of the server, without a slash at the end */
export function subscribeOverHttp(
  { url, token }: { url: string; token: string },
  operation: { query: string; variables?: Record<string, unknown> },
): Subscription {
  const aborter = new AbortController()
  onTestFinished(() => aborter.abort())
  const subscription: Subscription = {
    results: [],
    end: undefined,
    events: () => subscription.results.flatMap(({ data }) => Object.values(data ?? {})),
    waitFor: async (count) => {
      await eventually(() => {
        if (subscription.events().length < count) throw new Error(JSON.stringify(subscription))
      })
      return subscription.events()
    },
    waitForEnd: () =>
      eventually(() => {
        if (subscription.end === undefined) throw new Error(JSON.stringify(subscription))
        return subscription.end
      }),
    stop: () => aborter.abort(),
  }
  const headers = {
    accept: 'text/event-stream',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  }
  const request = { method: 'POST', headers, body: JSON.stringify(operation), signal: aborter.signal }
  read(`${url}/graphql`, { request, subscription }).catch((error: unknown) => {
    subscription.end ??= { errors: error }
  })
  return subscription
}

async function read(
  url: string,
  { request, subscription }: { request: RequestInit; subscription: Subscription },
): Promise<void> {
  const response = await fetch(url, request)
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const messages = (text + chunk).split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      const { event, data } = parseMessage(message)
      if (event === 'next') subscription.results.push(JSON.parse(data) as LiveResult)
      if (event === 'complete') subscription.end ??= { completed: true }
    }
  }
  subscription.end ??= { errors: 'The connection broke.' }
}

/** Fields of one message; a line that begins with a colon is a comment. */
function parseMessage(message: string): Record<'event' | 'data', string> {
  const fields = message.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string])
  return { event: '', data: '', ...Object.fromEntries(fields) }
}
