// Wake-ups and signals between nodes over Redis pub/sub, which delivers at most once and stores nothing. No event is
// lost without Redis: each node wakes itself, and finds the events of the others with its poll.
import { createClient } from '@redis/client'
import { z } from 'zod'
import { Outage, reasonOf } from '../ports/outage.ts'
import type { Signal, WakeUps } from '../ports/wake-ups.ts'
import { createLocalWakeUps } from './local-wake-ups.ts'

const CHANNEL = 'switchboard:streams'
const MAX_BACKOFF_MS = 2000

const signal = z.object({
  streamId: z.string(),
  type: z.literal('Typing'),
  payload: z.union([
    z.object({ conversationId: z.string(), author: z.literal('AGENT'), agentId: z.string() }),
    z.object({ conversationId: z.string(), author: z.literal('VISITOR') }),
  ]),
}) satisfies z.ZodType<Signal>

/** What nodes publish: the ids of streams with new events, or a signal. */
const publication = z.union([z.array(z.string()), signal])
type Publication = z.output<typeof publication>

/** Connects, and retries for as long as it takes.
 * @param options.url redis://user:password@host:6379, or rediss:// for TLS
 * @param options.onError receives an `Outage` when the connection was lost or could not be made, once per outage */
export function createRedisWakeUps(options: { url: string; onError(error: unknown): void }): WakeUps {
  const local = createLocalWakeUps()
  const report = oncePerOutage(options)
  const publisher = connect(options.url, report)
  const subscriber = connect(options.url, report)
  const onMessage = (message: string) => {
    const { success, data: published } = publication.safeParse(JSON.parse(message))
    // A signal of a newer version. Signals may be lost.
    if (!success) return
    if (Array.isArray(published)) local.publish(published)
    else local.signal(published)
  }
  const publishToNodes = (published: Publication) => {
    if (publisher.isReady) publisher.publish(CHANNEL, JSON.stringify(published)).catch(options.onError)
  }
  let isListening = false
  const listen = async () => {
    // The client restores the channel after a reconnect, but only once the first `subscribe` has succeeded.
    if (!isListening) await subscriber.subscribe(CHANNEL, onMessage)
    isListening = true
    // Wake-ups that were published during the outage are lost.
    local.publish(null)
  }
  subscriber.on('ready', () => void listen().catch(options.onError))
  return {
    publish: (streamIds) => {
      local.publish(streamIds)
      publishToNodes(streamIds)
    },
    listen: local.listen,
    // Redis delivers it to this node as well; without Redis only this node gets it.
    signal: (signal) => (publisher.isReady ? publishToNodes(signal) : local.signal(signal)),
    listenToSignals: local.listenToSignals,
    close: async () => {
      publisher.destroy()
      subscriber.destroy()
      await local.close()
    },
  }
}

interface OutageReport {
  away(error: unknown): void
  back(): void
}

/** Both connections are lost at the same time, and only the first loss is reported. */
function oncePerOutage({ url, onError }: { url: string; onError(error: unknown): void }): OutageReport {
  let isReported = false
  return {
    away: (error) => {
      if (!isReported) onError(redisOutage(url, error))
      isReported = true
    },
    back: () => {
      isReported = false
    },
  }
}

const redisOutage = (url: string, error: unknown) =>
  new Outage(
    `Redis at ${new URL(url).host} cannot be used: ${reasonOf(error)}. Until it can, events of other nodes arrive up to 2 seconds late. Check REDIS_URL.`,
    { cause: error },
  )

function connect(url: string, report: OutageReport) {
  // With jitter, so that the nodes do not reconnect all at once.
  const reconnectStrategy = (retries: number) => Math.random() * Math.min(MAX_BACKOFF_MS, 50 * 2 ** retries)
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy } })
  client.on('error', report.away)
  client.on('ready', report.back)
  // Rejects only when the client is destroyed: until then it retries.
  client.connect().catch(() => {})
  return client
}
