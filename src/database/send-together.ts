import { setImmediate as nextTurn } from 'node:timers/promises'

/** Gives two statements to a transaction without waiting for the answer to the first in between, which saves a round
 * trip to the database. They are executed one after the other, so what the first locks is locked when the second reads.
 * Prisma waits for each answer if it is given both in one turn of the event loop.
 * @param first gives its statement at once
 * @param second must not depend on the answer to the first. If the first fails, it fails or has no effect
 * @returns both answers */
export function sendTogether<First, Second>(
  first: () => Promise<First>,
  second: () => Promise<Second>,
): Promise<[First, Second]> {
  return Promise.all([first(), nextTurn().then(second)])
}
