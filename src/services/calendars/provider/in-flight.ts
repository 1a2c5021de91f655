// Keeps the number of requests down that wait at a provider for one mailbox: providers refuse what comes on top. Within
// this process only; what other processes send is met by trying again.

/** Runs a task of a mailbox as soon as there is room; in the order in which they came. */
type InFlightLimit = <T>(mailbox: string, task: () => Promise<T>) => Promise<T>

/** More are refused by Microsoft; Google names no number. */
const MAX_IN_FLIGHT = 3

interface Mailbox {
  running: number
  waiting: (() => void)[]
}

/** @param limit how many tasks of one mailbox run at the same time */
export function createInFlightLimit(limit: number = MAX_IN_FLIGHT): InFlightLimit {
  const mailboxes = new Map<string, Mailbox>()
  return async (id, task) => {
    const mailbox = mailboxes.get(id) ?? { running: 0, waiting: [] }
    mailboxes.set(id, mailbox)
    if (mailbox.running < limit) mailbox.running += 1
    else await new Promise<void>((resolve) => mailbox.waiting.push(resolve))
    try {
      return await task()
    } finally {
      // Whoever waits longest takes over the place, so that nobody who comes meanwhile gets in between.
      const next = mailbox.waiting.shift()
      if (next) next()
      else mailbox.running -= 1
      if (mailbox.running === 0) mailboxes.delete(id)
    }
  }
}
