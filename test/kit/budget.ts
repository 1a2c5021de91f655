// How long a random test runs. In CI it runs for some seconds, and then until every kind of operation has occurred;
// `npm run soak` gives it minutes. Every run prints its seed and its counts.
import { randomInt } from 'node:crypto'

/** A run may take so many times its seconds until every kind has occurred, because a busy machine is slow. */
const MAX_EXTENSION = 12

export interface BudgetOptions {
  /** How long the test runs, unless the environment says otherwise. */
  seconds: number
  /** The kinds of operations and events that must occur, whatever the seed. */
  kinds: readonly string[]
}

/** The budget of one test. Environment variables with its name control it: CHAT_SEED repeats a run, CHAT_OPERATIONS ends
 * it after so many operations, and CHAT_SECONDS after so many seconds. */
export class Budget {
  readonly seed: number
  readonly seconds: number
  /** How often each kind occurred. */
  readonly counts = new Map<string, number>()
  /** How many operations were done. */
  done = 0
  readonly #name: string
  readonly #operations: number | null
  readonly #kinds: readonly string[]
  #startedAt = 0

  constructor(name: string, { seconds, kinds }: BudgetOptions) {
    this.#name = name
    this.seed = Number(this.#setting('SEED') ?? randomInt(2 ** 31))
    this.seconds = Number(this.#setting('SECONDS') ?? seconds)
    const operations = this.#setting('OPERATIONS')
    this.#operations = operations === undefined ? null : Number(operations)
    this.#kinds = kinds
  }

  /** For the title of the test. */
  get extent(): string {
    return this.#operations === null ? `${this.seconds} s of` : `${this.#operations}`
  }

  /** The timeout of the test: later than the run itself can end. */
  get deadlineMs(): number {
    return this.#operations === null ? 60_000 + this.seconds * (MAX_EXTENSION + 1) * 1000 : 24 * 60 * 60_000
  }

  /** Calls `doSomething` until the budget is spent. Prints how to repeat the run, also if it fails.
   * @throws Error if a kind that must occur has not occurred */
  async run(doSomething: () => Promise<void>): Promise<void> {
    this.#startedAt = performance.now()
    try {
      while (this.hasMore) await doSomething()
    } finally {
      console.log(this.#report)
    }
    if (this.#missing.length > 0) throw new Error(`Did not occur: ${this.#missing.join(', ')}.`)
  }

  /** Whether time or operations are left. */
  get hasMore(): boolean {
    if (this.#operations !== null) return this.done < this.#operations
    const seconds = this.#elapsedSeconds
    return seconds < this.seconds || (this.#missing.length > 0 && seconds < MAX_EXTENSION * this.seconds)
  }

  get #elapsedSeconds(): number {
    return (performance.now() - this.#startedAt) / 1000
  }

  /** Counts an operation.
   * @param kind as in `kinds`, optionally followed by a blank or a colon and its outcome */
  note(kind: string): void {
    this.done += 1
    this.count(kind)
  }

  /** Counts something that is not an operation itself. */
  count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
  }

  /** The kinds that have not occurred yet; none if the environment sets the number of operations. */
  get #missing(): string[] {
    if (this.#operations !== null) return []
    const occurred = [...this.counts.keys()]
    return this.#kinds.filter((kind) => !occurred.some((each) => each === kind || startsWith(each, kind)))
  }

  /** How to repeat the run, and what it did. */
  get #report(): string {
    const rate = (this.done / this.#elapsedSeconds).toFixed(0)
    const counts = [...this.counts].sort(([one], [other]) => (one < other ? -1 : 1))
    const summary = counts.map(([kind, count]) => `${kind} ${count}`).join(', ')
    return `${this.#name}_SEED=${this.seed} ${this.#name}_OPERATIONS=${this.done}: ${rate} operations a second\n${summary}`
  }

  #setting(what: 'SEED' | 'SECONDS' | 'OPERATIONS'): string | undefined {
    return process.env[`${this.#name}_${what}`]
  }
}

const startsWith = (text: string, kind: string): boolean =>
  text.startsWith(`${kind} `) || text.startsWith(`${kind}:`)
