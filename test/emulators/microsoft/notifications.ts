// Delivery of notifications to those who have subscribed: gathered into one POST for each address, tried again when
// they are not taken within the time allowed, and lost, doubled, held back or turned round when a test wants it so.
import type { EmulatorClock } from '../http-server.ts'
import type { Behaviour } from './model.ts'

/** One of the `value` of a POST. */
export interface Notification {
  subscriptionId: string
  [field: string]: unknown
}

export interface Delivery {
  at: Date
  url: string
  value: Notification[]
  /** The status of the answer, or why there was none. */
  answer: number | 'TOO_SLOW' | 'UNREACHABLE'
  attempt: number
}

/** Notifications to come, and what is to happen to them. */
export interface Push {
  /** Every attempt, oldest first. */
  deliveries: Delivery[]
  /** The next notifications are lost; all of them without a number. */
  drop(times?: number): void
  /** The next notifications are each sent so many times. */
  duplicate(copies: number, times?: number): void
  /** Keeps all back until they are released. */
  hold(): void
  /** Sends what was held back, in one POST for each address, and holds no more. */
  release(order?: 'IN_ORDER' | 'REVERSED'): Promise<void>
  /** Sends again at once what was not taken; else that is done when its time has come on the emulator's clock. */
  retry(): Promise<void>
  /** How many POSTs wait to be sent again. */
  retrying(): number
  /** When all notifications so far have been sent; those held back and those to be sent again do not count. */
  settled(): Promise<void>
  /** Notifications arrive once and at once again; those held back are forgotten. */
  calm(): void
}

interface Post {
  url: string
  value: Notification[]
  attempt: number
  due: number
  expires: number
}

const HOURS_OF_RETRIES = 4
const LOOK_EVERY_MS = 25

export function createPush(options: { clock: EmulatorClock; behaviour: Behaviour }): Push & {
  queue(url: string, notification: Notification): void
  stop(): void
} {
  const { clock, behaviour } = options
  const trouble = { drops: 0, copies: 1, copied: 0, held: false }
  let gathered: { url: string; notification: Notification }[] = []
  let waiting: Post[] = []
  const underway = new Set<Promise<void>>()
  const deliveries: Delivery[] = []

  function flush(): void {
    if (trouble.held) return
    const now = clock.now().getTime()
    const urls = new Set(gathered.map(({ url }) => url))
    for (const url of urls) {
      const value = gathered.filter((one) => one.url === url).map(({ notification }) => notification)
      send({ url, value, attempt: 1, due: now, expires: now + HOURS_OF_RETRIES * 60 * 60_000 })
    }
    gathered = []
  }

  function send(post: Post): void {
    const attempt = deliver(post, behaviour.notificationTimeoutMs).then((answer) => {
      deliveries.push({ at: clock.now(), url: post.url, value: post.value, answer, attempt: post.attempt })
      if (typeof answer === 'number' && answer >= 200 && answer < 300) return
      const due = clock.now().getTime() + 10_000 * 2 ** (post.attempt - 1)
      if (due <= post.expires) waiting.push({ ...post, attempt: post.attempt + 1, due })
    })
    underway.add(attempt)
    attempt.finally(() => underway.delete(attempt))
  }

  // Attempts are due on the emulator's clock, which tests move; this looks whether it has moved far enough.
  const timer = setInterval(() => {
    const now = clock.now().getTime()
    const due = waiting.filter((post) => post.due <= now)
    waiting = waiting.filter((post) => post.due > now)
    for (const post of due) send(post)
  }, LOOK_EVERY_MS)
  timer.unref()

  async function settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (underway.size > 0) await Promise.all(underway)
  }

  return {
    deliveries,
    queue: (url, notification) => {
      if (trouble.drops > 0) {
        trouble.drops -= 1
        return
      }
      const copies = trouble.copied > 0 ? trouble.copies : 1
      trouble.copied = Math.max(0, trouble.copied - 1)
      for (let copy = 0; copy < copies; copy++) gathered.push({ url, notification })
      // What changes in the same moment goes in the same POST.
      setImmediate(flush)
    },
    drop: (times = Number.POSITIVE_INFINITY) => {
      trouble.drops = times
    },
    duplicate: (copies, times = Number.POSITIVE_INFINITY) => {
      Object.assign(trouble, { copies, copied: times })
    },
    hold: () => {
      trouble.held = true
    },
    release: async (order = 'IN_ORDER') => {
      trouble.held = false
      if (order === 'REVERSED') gathered.reverse()
      flush()
      await settled()
    },
    retry: async () => {
      const posts = waiting
      waiting = []
      for (const post of posts) send(post)
      await settled()
    },
    retrying: () => waiting.length,
    calm: () => {
      Object.assign(trouble, { drops: 0, copies: 1, copied: 0, held: false })
      gathered = []
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
