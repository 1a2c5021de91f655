// How long a test goes on that does random things. In the check each of them has some seconds, and goes on until every
// kind of operation has occurred; `npm run soak` gives them minutes. Every run prints its seed, and what it did.
import { randomInt } from 'node:crypto'

/** How many times its seconds a run may take until every kind has occurred. Beside busy neighbours it may be slow. */
const MOST_TIMES = 5

export interface BudgetOptions {
  /** Without other word from the environment. */
  seconds: number
  /** What must occur, whatever the seed. */
  kinds: readonly string[]
}

/** The budget of one test, whose name is in the environment's variables: CHAT_SEED repeats a run, CHAT_OPERATIONS ends it
 * after so many, and CHAT_SECONDS after so long. */
export class Budget {
  readonly seed: number
  readonly seconds: number
  /** How often what occurred. */
  readonly happened = new Map<string, number>()
  /** How many operations there were. */
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

  /** For the test, which sees that it is late long before. */
  get deadlineMs(): number {
    return this.#operations === null ? 60_000 + this.seconds * (MOST_TIMES + 1) * 1000 : 24 * 60 * 60_000
  }

  /** Does something again and again, as long as there is time, or operations, left. Then, or when it fails, it prints how
   * to repeat the run.
   * @throws when something that should have occurred has not */
  async run(doSomething: () => Promise<void>): Promise<void> {
    this.#startedAt = performance.now()
    try {
      while (this.goesOn) await doSomething()
    } finally {
      console.log(this.#report)
    }
    if (this.#missing.length > 0) throw new Error(`Did not occur: ${this.#missing.join(', ')}.`)
  }

  /** Whether there is time, or operations, left. */
  get goesOn(): boolean {
    if (this.#operations !== null) return this.done < this.#operations
    const seconds = this.#elapsedSeconds
    return seconds < this.seconds || (this.#missing.length > 0 && seconds < MOST_TIMES * this.seconds)
  }

  get #elapsedSeconds(): number {
    return (performance.now() - this.#startedAt) / 1000
  }

  /** An operation was done.
   * @param kind as it was listed, with its outcome after a blank or a colon where that is told apart */
  note(kind: string): void {
    this.done += 1
    this.count(kind)
  }

  /** Something occurred that is no operation of its own. */
  count(kind: string): void {
    this.happened.set(kind, (this.happened.get(kind) ?? 0) + 1)
  }

  /** What should have occurred by now and has not; nothing where the number of operations was set by hand. */
  get #missing(): string[] {
    if (this.#operations !== null) return []
    const occurred = [...this.happened.keys()]
    return this.#kinds.filter((kind) => !occurred.some((each) => each === kind || startsWith(each, kind)))
  }

  /** How to repeat the run, and what it did. */
  get #report(): string {
    const rate = (this.done / this.#elapsedSeconds).toFixed(0)
    const counts = [...this.happened].sort(([one], [other]) => (one < other ? -1 : 1))
    const told = counts.map(([kind, count]) => `${kind} ${count}`).join(', ')
    return `${this.#name}_SEED=${this.seed} ${this.#name}_OPERATIONS=${this.done}: ${rate} operations a second\n${told}`
  }

  #setting(what: 'SEED' | 'SECONDS' | 'OPERATIONS'): string | undefined {
    return process.env[`${this.#name}_${what}`]
  }
}

const startsWith = (text: string, kind: string): boolean =>
  text.startsWith(`${kind} `) || text.startsWith(`${kind}:`)
