/** Coalesces items into batches: items that arrive while a batch runs wait for the next one, so that at most one batch
 * runs at a time, whatever the load.
 * @param options.most how many items may wait
 * @returns a function that adds items and resolves with the outcome of their batch; with null if too many items wait
 * already, and then these are not added */
export function oneBatchAtATime<Item, Outcome>(
  work: (batch: Item[]) => Promise<Outcome>,
  { most }: { most: number },
): (items: Item[]) => Promise<Outcome | null> {
  let waiting: Item[] = []
  let current: Promise<unknown> = Promise.resolve()
  let next: Promise<Outcome> | null = null
  const begin = async (): Promise<Outcome> => {
    await current
    const batch = waiting
    waiting = []
    next = null
    const outcome = work(batch)
    current = outcome.catch(() => undefined)
    return outcome
  }
  return async (items) => {
    if (waiting.length + items.length > most) return null
    waiting.push(...items)
    next ??= begin()
    return next
  }
}
