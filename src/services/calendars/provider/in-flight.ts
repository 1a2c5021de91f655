// Limits the requests in flight for one mailbox, because providers refuse more. The limit holds within this process;
// refusals that requests of other nodes cause are retried.

/** Runs the tasks of a mailbox in the order of their arrival, each as soon as there is room. */
type InFlightLimit = <T>(mailbox: string, task: () => Promise<T>) => Promise<T>

/** Microsoft refuses more; Google documents no number. */
const MAX_IN_FLIGHT = 3

interface Mailbox {
  running: number
  waiting: (() => void)[]
}

/** @param limit the number of tasks of one mailbox that run at the same time */
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
      // The task that has waited longest takes over the place, so that no later task can overtake it.
      const next = mailbox.waiting.shift()
      if (next) next()
      else mailbox.running -= 1
      if (mailbox.running === 0) mailboxes.delete(id)
    }
  }
}
