// What a call goes by is read before its transaction, and can change before it is written: by another tab of the visitor,
// or when the dialogue is published again. Then it is read again.

/** So many tabs do not answer at once. */
const MAX_ATTEMPTS = 10

/** Thrown in a transaction: what it goes by has changed since it was read. */
export class OutdatedError extends Error {
  override name = 'OutdatedError'
}

/** @param attempt reads and writes; null, or OutdatedError: what it goes by has changed meanwhile
 * @returns what the first attempt that wrote returned */
export async function untilWritten<Answer>(attempt: () => Promise<Answer | null>): Promise<Answer> {
  for (let count = 0; count < MAX_ATTEMPTS; count += 1) {
    const answer = await attempt().catch((error: unknown) => {
      if (error instanceof OutdatedError) return null
      throw error
    })
    if (answer !== null) return answer
  }
  throw new Error('The session of a dialogue changes all the time.')
}
