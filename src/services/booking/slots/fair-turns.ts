// Gives the computations of a node their turns: few at a time, with rests in between, and in such an order that nobody
// who asks for many delays those who ask for few. Workspaces take turns, and in each of them its callers.

/** How many run at a time. */
export const MAX_AT_ONCE = 2

/** Who waits for a computation. */
export interface Asker {
  workspaceId: string
  /** See `callerOf`. */
  caller: string
}

type Work = () => Promise<void>

export class FairTurns {
  /** The callers who wait in each workspace. The next one's turn comes first. */
  readonly #workspaces = new Rota<Rota<Work[]>>()
  #running = 0

  /** Runs the work when it is its turn.
   * @throws what the work throws */
  take<Answer>({ workspaceId, caller }: Asker, work: () => Promise<Answer>): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const callers = this.#workspaces.get(workspaceId, () => new Rota())
    callers.get(caller, () => []).push(() => work().then(resolve, reject))
    this.#startNext()
    return promise
  }

  #startNext(): void {
    while (this.#running < MAX_AT_ONCE) {
      const work = this.#takeNext()
      if (work === undefined) return
      this.#running++
      void this.#run(work)
    }
  }

  #takeNext(): Work | undefined {
    const [workspaceId, callers] = this.#workspaces.takeFirst() ?? []
    const [caller, works = []] = callers?.takeFirst() ?? []
    const work = works.shift()
    if (works.length > 0) callers?.append(caller, works)
    if (callers && !callers.isEmpty) this.#workspaces.append(workspaceId, callers)
    return work
  }

  /** Rests for as long as the work took, so that all of them together take a share of the time only. */
  async #run(work: Work): Promise<void> {
    const startedAt = performance.now()
    await work()
    setTimeout(() => {
      this.#running--
      this.#startNext()
    }, performance.now() - startedAt)
  }
}

/** Values by keys, in the order of their turns. */
class Rota<Value> {
  readonly #values = new Map<string | undefined, Value>()

  get isEmpty(): boolean {
    return this.#values.size === 0
  }

  get(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make()
    this.#values.set(key, value)
    return value
  }

  takeFirst(): [string | undefined, Value] | undefined {
    const [first] = this.#values
    if (first) this.#values.delete(first[0])
    return first
  }

  append(key: string | undefined, value: Value): void {
    this.#values.set(key, value)
  }
}
