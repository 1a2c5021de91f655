// The webhooks of calendar providers. Anyone who can reach this server can send something here, so a message is only a
// hint that a calendar is worth reading, and counts only with the secret of its channel. The answer is the same for every
// message, so that it does not reveal which channels exist.
import type { Plugin } from 'graphql-yoga'
import { readCalendarPath } from '../services/calendars/provider/server-addresses.ts'
import { handleWebhook } from '../services/calendars/worker/handle-webhook.ts'
import type { Services } from '../services/context.ts'
import type { CalendarProviders, ChangeHint } from '../services/ports/calendar-provider.ts'
import { oneBatchAtATime } from './one-batch-at-a-time.ts'
import { readText } from './read-text.ts'

export const MAX_BODY_BYTES = 256 * 1024
/** Of all messages of a provider together, while earlier ones are looked up. More are answered with 503. */
export const MAX_WAITING = 2000

type Webhook = (request: Request, url: URL) => Promise<Response>

class BodyTooLong extends Error {}

/** Answers POST requests to `/calendars/…/changes`. */
export function useCalendarWebhooks(services: Services): Plugin {
  const { calendars } = services
  const names = Object.keys(calendars) as (keyof CalendarProviders)[]
  const webhooks = new Map(names.map((name) => [name, createWebhook(services, name)]))
  return {
    async onRequest({ request, url, endResponse }) {
      const path = readCalendarPath(calendars, url.pathname)
      if (path?.purpose !== 'changes' || request.method !== 'POST') return
      const response = await webhooks.get(path.provider)?.(request, url)
      if (response) endResponse(response)
    },
  }
}

/** @returns undefined for a provider that sends none */
function createWebhook(services: Services, provider: keyof CalendarProviders): Webhook | undefined {
  const { readWebhook } = services.calendars[provider]
  if (readWebhook === null) return undefined
  const take = createIntake(services, provider)
  return async (request, url) => {
    try {
      const message = await readWebhook({
        headers: request.headers,
        parameters: url.searchParams,
        readBody: () => readBody(request),
      })
      return 'hints' in message ? await take(message.hints) : answerChallenge(message.challenge)
    } catch (error) {
      if (!(error instanceof BodyTooLong)) throw error
      return new Response(null, { status: 413 })
    }
  }
}

async function readBody(request: Request): Promise<string> {
  const text = await readText(request, MAX_BODY_BYTES)
  if (text === null) throw new BodyTooLong()
  return text
}

/** The text is not ours: it must not become a page. */
function answerChallenge(text: string | null): Response {
  return new Response(text, {
    status: text === null ? 400 : 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
}

/** However many messages come, the database has no more than one statement at a time to look them up. */
function createIntake(
  services: Services,
  provider: keyof CalendarProviders,
): (hints: ChangeHint[]) => Promise<Response> {
  const isTaken = async (hints: ChangeHint[]) => {
    try {
      await handleWebhook(services, { provider, hints })
      return true
    } catch (error) {
      services.onError(error)
      return false
    }
  }
  const add = oneBatchAtATime(isTaken, { most: MAX_WAITING })
  return async (hints) => {
    // After a 503 the provider sends it again; and the calendar is read regularly in any case.
    const isDone = hints.length === 0 || (await add(hints))
    return new Response(null, { status: isDone ? 202 : 503 })
  }
}
