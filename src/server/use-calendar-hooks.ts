// Where Google and Microsoft tell of changes in calendars. Whoever can reach this server can send something here, so
// nothing is believed but that it is worth looking, and only from who knows the secret of the channel. The answer is the
// same whatever was sent, so that nobody learns which channels there are.
import type { Plugin } from 'graphql-yoga'
import { z } from 'zod'
import { readCalendarPath } from '../services/calendars/provider/our-addresses.ts'
import { type Hint, handleWebhook } from '../services/calendars/worker/handle-webhook.ts'
import type { Services } from '../services/context.ts'
import type { OutsideProvider } from '../services/ports/calendar-provider.ts'
import { oneBatchAtATime } from './one-batch-at-a-time.ts'
import { readText } from './read-text.ts'

const MAX_BODY_BYTES = 256 * 1024
const MAX_TOKEN_LENGTH = 2048
/** Of one message; Microsoft puts several changes into one. */
const MAX_HINTS = 1000

/** Of all messages together, while others are looked up. Who sends more is asked to come back later. */
const MAX_WAITING = 2 * MAX_HINTS

type Hear = (hints: Hint[]) => Promise<Response>

/** Answers POST requests to `/calendars/google/changes` and `/calendars/microsoft/changes`. */
export function useCalendarHooks(services: Services): Plugin {
  const hearGoogle = createHear(services, 'GOOGLE')
  const hearMicrosoft = createHear(services, 'MICROSOFT')
  return {
    async onRequest({ request, url, endResponse }) {
      const path = readCalendarPath(url.pathname)
      if (path?.purpose !== 'changes' || request.method !== 'POST') return
      endResponse(
        path.provider === 'GOOGLE'
          ? await hearGoogle(readGoogle(request))
          : await answerMicrosoft(hearMicrosoft, { request, url }),
      )
    },
  }
}

/** A flood of messages costs the database no more than one statement at a time. */
function createHear(services: Services, provider: OutsideProvider): Hear {
  const isHeard = async (hints: Hint[]) => {
    try {
      await handleWebhook(services, { provider, hints })
      return true
    } catch (error) {
      services.onError(error)
      return false
    }
  }
  const add = oneBatchAtATime(isHeard, { most: MAX_WAITING })
  return async (hints) => {
    // Otherwise it is sent again later by the provider; and the calendar is read regularly whatever happens.
    const isDone = hints.length === 0 || (await add(hints))
    return new Response(null, { status: isDone ? 202 : 503 })
  }
}

/** The message has no body; a channel that was just opened says `sync`. */
function readGoogle({ headers }: Request): Hint[] {
  const state = headers.get('x-goog-resource-state')
  const channel = headers.get('x-goog-channel-id')
  const secret = headers.get('x-goog-channel-token')
  const isChange = state === 'exists' || state === 'not_exists'
  return isChange && channel !== null && secret !== null ? [{ channel, secret }] : []
}

const notification = z.object({
  subscriptionId: z.string().max(200),
  clientState: z.string().max(200),
  lifecycleEvent: z.string().optional(),
})
/** `missed` is the third one: something has changed, and the subscription goes on. */
const LAST_EVENTS = ['reauthorizationRequired', 'subscriptionRemoved']
const notifications = z.object({ value: z.array(z.unknown()).max(MAX_HINTS) })

/** Microsoft first asks whether anybody is there: it wants its own text back, which must not become a page. */
async function answerMicrosoft(
  hear: Hear,
  { request, url }: { request: Request; url: URL },
): Promise<Response> {
  const token = url.searchParams.get('validationToken')
  if (token !== null) {
    const isPlausible = token.length <= MAX_TOKEN_LENGTH
    return new Response(isPlausible ? token : null, {
      status: isPlausible ? 200 : 400,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    })
  }
  const text = await readText(request, MAX_BODY_BYTES)
  if (text === null) return new Response(null, { status: 413 })
  return hear(readMicrosoft(text))
}

function readMicrosoft(text: string): Hint[] {
  const { data } = notifications.safeParse(parseJson(text))
  return (data?.value ?? []).flatMap((value) => {
    const hint = notification.safeParse(value).data
    if (!hint) return []
    const { subscriptionId: channel, clientState: secret, lifecycleEvent = '' } = hint
    return [{ channel, secret, ends: LAST_EVENTS.includes(lifecycleEvent) }]
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
