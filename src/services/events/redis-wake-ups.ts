// Wake-ups between nodes over Redis pub/sub, which delivers at most once and keeps nothing. Without Redis nothing is
// lost: this node wakes itself all the same, the others find the events by their poll.
import { createClient } from '@redis/client'
import type { Signal, WakeUps } from '../ports/wake-ups.ts'
import { createLocalWakeUps } from './local-wake-ups.ts'

const CHANNEL = 'switchboard:streams'
const LONGEST_PAUSE_MS = 2000

/** Connects, now and again for as long as it takes.
 * @param options.url redis://user:password@host:6379, or rediss:// for TLS
 * @param options.onError told when the connection is lost or cannot be made, once for each time */
export function createRedisWakeUps(options: { url: string; onError(error: unknown): void }): WakeUps {
  const local = createLocalWakeUps()
  const publisher = connect(options)
  const subscriber = connect(options)
  const onMessage = (message: string) => {
    const told: string[] | Signal = JSON.parse(message)
    if (Array.isArray(told)) local.publish(told)
    else local.signal(told)
  }
  const tellOthers = (told: string[] | Signal) => {
    if (publisher.isReady) publisher.publish(CHANNEL, JSON.stringify(told)).catch(options.onError)
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
