/** Whole numbers below a limit, the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Draws one of the items at random, and each of them once before any comes again: a run that is long enough for all leaves
 * none out, whatever the seed. */
export function lotsOf<Item>(items: readonly Item[], random: (below: number) => number): () => Item {
  let left: Item[] = []
  return () => {
    if (left.length === 0) left = [...items]
    return left.splice(random(left.length), 1)[0] as Item
  }
}
