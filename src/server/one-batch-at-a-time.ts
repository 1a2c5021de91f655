/** Whatever comes while a batch is being worked on waits for the next one: however much comes, no more than one batch is
 * worked on at a time.
 * @param options.most how many items may wait
 * @returns takes items and answers what became of their batch; null when too many wait, and then they are not taken */
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
