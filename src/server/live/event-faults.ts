// Counts how often in a row an event could not be executed, so that no client reconnects to the same failure for ever.
import { isDatabaseAway } from '../../database/sql-state.ts'
import { MAX_FAULTS } from '../../services/events/event-source.ts'

/** How many events are counted. Beyond this, the oldest count is dropped. */
const MAX_EVENTS = 10_000

export class EventFaults {
  readonly #counts = new Map<string, number>()

  /** Runs an execution, and counts it if it fails. A success ends the row. While the database is away nothing can be
   * said of the event: such a failure neither counts nor ends the row.
   * @param key of the operation and the event */
  async count<Answer>(key: string, execute: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await execute()
      this.#counts.delete(key)
      return answer
    } catch (error) {
      if (isDatabaseAway(error)) throw error
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
      const [first] = this.#counts.keys()
      if (first !== undefined && this.#counts.size > MAX_EVENTS) this.#counts.delete(first)
      throw error
    }
  }

  /** Whether the event failed so often that its subscribers should stop retrying. */
  hasFailedTooOften(key: string): boolean {
    return (this.#counts.get(key) ?? 0) >= MAX_FAULTS
  }
}
