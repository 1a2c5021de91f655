// Delivers notifications to webhooks: batched into one POST for each URL, and retried with back-off when the webhook
// does not accept them before the timeout. Tests can drop, duplicate, hold back and reorder them.
import type { EmulatorClock } from '../http-server.ts'
import type { Behaviour } from './model.ts'

/** An element of the `value` of a POST. */
export interface Notification {
  subscriptionId: string
  [field: string]: unknown
}

interface Delivery {
  at: Date
  url: string
  value: Notification[]
  /** The status of the answer, or why there was none. */
  answer: number | 'TOO_SLOW' | 'UNREACHABLE'
  attempt: number
}

/** The notifications to webhooks, and how a test disturbs their delivery. */
export interface Push {
  /** Every attempt, oldest first. */
  deliveries: Delivery[]
  /** Drops the next notifications; all of them when the number is omitted. */
  drop(times?: number): void
  /** Sends the next notifications several times each. */
  duplicate(copies: number, times?: number): void
  /** Holds all notifications back until they are released. */
  hold(): void
  /** Sends the notifications held back, in one POST for each URL, and stops holding. */
  release(order?: 'IN_ORDER' | 'REVERSED'): Promise<void>
  /** Retries all failed POSTs now, without waiting until they are due on the emulator's clock. */
  retry(): Promise<void>
  /** The number of POSTs that wait for a retry. */
  retrying(): number
  /** Resolves when all notifications so far have been sent, except those held back and those that wait for a retry. */
  settled(): Promise<void>
  /** Restores normal delivery; notifications held back are dropped. */
  resetBehaviour(): void
}

interface Post {
  url: string
  value: Notification[]
  attempt: number
  due: number
  expires: number
}

const HOURS_OF_RETRIES = 4
const POLL_INTERVAL_MS = 25

export function createPush(options: { clock: EmulatorClock; behaviour: Behaviour }): Push & {
  queue(url: string, notification: Notification): void
  stop(): void
} {
  const { clock, behaviour } = options
  const disturbance = { drops: 0, copies: 1, duplicated: 0, held: false }
  let queued: { url: string; notification: Notification }[] = []
  let failed: Post[] = []
  const inFlight = new Set<Promise<void>>()
  const deliveries: Delivery[] = []

  function flush(): void {
    if (disturbance.held) return
    const now = clock.now().getTime()
    const urls = new Set(queued.map(({ url }) => url))
    for (const url of urls) {
      const value = queued.filter((one) => one.url === url).map(({ notification }) => notification)
      send({ url, value, attempt: 1, due: now, expires: now + HOURS_OF_RETRIES * 60 * 60_000 })
    }
    queued = []
  }

  function send(post: Post): void {
    const attempt = deliver(post, behaviour.notificationTimeoutMs).then((answer) => {
      deliveries.push({ at: clock.now(), url: post.url, value: post.value, answer, attempt: post.attempt })
      if (typeof answer === 'number' && answer >= 200 && answer < 300) return
      const due = clock.now().getTime() + 10_000 * 2 ** (post.attempt - 1)
      if (due <= post.expires) failed.push({ ...post, attempt: post.attempt + 1, due })
    })
    inFlight.add(attempt)
    attempt.finally(() => inFlight.delete(attempt))
  }

  // Retries are due on the emulator's clock, which tests advance, so a timer polls for due ones.
  const timer = setInterval(() => {
    const now = clock.now().getTime()
    const due = failed.filter((post) => post.due <= now)
    failed = failed.filter((post) => post.due > now)
    for (const post of due) send(post)
  }, POLL_INTERVAL_MS)
  timer.unref()

  async function settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (inFlight.size > 0) await Promise.all(inFlight)
  }

  return {
    deliveries,
    queue: (url, notification) => {
      if (disturbance.drops > 0) {
        disturbance.drops -= 1
        return
      }
      const copies = disturbance.duplicated > 0 ? disturbance.copies : 1
      disturbance.duplicated = Math.max(0, disturbance.duplicated - 1)
      for (let copy = 0; copy < copies; copy++) queued.push({ url, notification })
      // Deferred, so that simultaneous changes share a POST.
      setImmediate(flush)
    },
    drop: (times = Number.POSITIVE_INFINITY) => {
      disturbance.drops = times
    },
    duplicate: (copies, times = Number.POSITIVE_INFINITY) => {
      Object.assign(disturbance, { copies, duplicated: times })
    },
    hold: () => {
      disturbance.held = true
    },
    release: async (order = 'IN_ORDER') => {
      disturbance.held = false
      if (order === 'REVERSED') queued.reverse()
      flush()
      await settled()
    },
    retry: async () => {
      const posts = failed
      failed = []
      for (const post of posts) send(post)
      await settled()
    },
    retrying: () => failed.length,
    resetBehaviour: () => {
      Object.assign(disturbance, { drops: 0, copies: 1, duplicated: 0, held: false })
      queued = []
    },
    settled,
    stop: () => clearInterval(timer),
  }
}

async function deliver({ url, value }: Post, timeoutMs: number): Promise<Delivery['answer']> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ value }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    return response.status
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError' ? 'TOO_SLOW' : 'UNREACHABLE'
  }
}
