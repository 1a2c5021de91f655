// Wake-ups between nodes over Redis pub/sub, which delivers at most once and keeps nothing. Without Redis nothing is
// lost: this node wakes itself all the same, the others find the events by their poll.
import { createClient } from '@redis/client'
import { z } from 'zod'
import type { Signal, WakeUps } from '../ports/wake-ups.ts'
import { createLocalWakeUps } from './local-wake-ups.ts'

const CHANNEL = 'switchboard:streams'
const LONGEST_PAUSE_MS = 2000

const signal = z.object({
  streamId: z.string(),
  type: z.literal('Typing'),
  payload: z.union([
    z.object({ author: z.literal('AGENT'), agentId: z.string() }),
    z.object({ author: z.literal('VISITOR') }),
  ]),
}) satisfies z.ZodType<Signal>

/** What nodes publish: the ids of streams that have grown, or a signal. */
const publication = z.union([z.array(z.string()), signal])
type Publication = z.output<typeof publication>

/** Connects, now and again for as long as it takes.
 * @param options.url redis://user:password@host:6379, or rediss:// for TLS
 * @param options.onError told when the connection is lost or cannot be made, once for each time */
export function createRedisWakeUps(options: { url: string; onError(error: unknown): void }): WakeUps {
  const local = createLocalWakeUps()
  const publisher = connect(options)
  const subscriber = connect(options)
  const onMessage = (message: string) => {
    const { success, data: published } = publication.safeParse(JSON.parse(message))
    // A signal of a newer version. Signals may be lost.
    if (!success) return
    if (Array.isArray(published)) local.publish(published)
    else local.signal(published)
  }
  const tellOthers = (published: Publication) => {
    if (publisher.isReady) publisher.publish(CHANNEL, JSON.stringify(published)).catch(options.onError)
  }
  let isListening = false
  const listen = async () => {
    // Later connections listen by themselves, but only once one has begun to.
    if (!isListening) await subscriber.subscribe(CHANNEL, onMessage)
    isListening = true
    // What was published while the connection was away is gone.
    local.publish(null)
  }
  subscriber.on('ready', () => void listen().catch(options.onError))
  return {
    publish: (streamIds) => {
      local.publish(streamIds)
      tellOthers(streamIds)
    },
    listen: local.listen,
    // It comes back from Redis to this node too, unless there is no Redis now.
    signal: (signal) => (publisher.isReady ? tellOthers(signal) : local.signal(signal)),
    listenToSignals: local.listenToSignals,
    close: async () => {
      publisher.destroy()
      subscriber.destroy()
      await local.close()
    },
  }
}

function connect({ url, onError }: { url: string; onError(error: unknown): void }) {
  // With jitter, so that the nodes do not come back all at once.
  const reconnectStrategy = (retries: number) => Math.random() * Math.min(LONGEST_PAUSE_MS, 50 * 2 ** retries)
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy } })
  let isReported = false
  client.on('error', (error) => {
    if (!isReported) onError(error)
    isReported = true
  })
  client.on('ready', () => {
    isReported = false
  })
  // It is tried for as long as it takes, and given up when the client is destroyed only.
  client.connect().catch(() => {})
  return client
}
