// Whether the answers to concurrent calls can be explained by some order of the calls, one after the other, in which no
// call comes before one that was over when it began (linearisability, after Wing and Gong).

export interface Call {
  /** In milliseconds, by any clock that all calls have in common. */
  startedAt: number
  /** null: no answer came. The call had its effect at any time after its start, or never. */
  endedAt: number | null
}

/** What a call does to the state by the model, or why its answer is not the one that the model gives. */
export type Outcome<State> = { state: State } | { mismatch: string }

export interface Explanation<State> {
  /** Where the calls can have led, each state once. Empty: no order explains the answers. */
  states: State[]
  /** For people who look for the fault: the longest order that explains a part of the answers, and what was wrong with
   * each call that could come next. */
  failure: { order: number[]; mismatches: string[] } | null
}

/** @param states those in which the calls may have begun. They must be JSON
 * @param calls at most 50
 * @param apply does one call by the model; it must not change the state that it is given */
export function explain<State, Of extends Call>(
  states: State[],
  calls: Of[],
  apply: (state: State, call: Of) => Outcome<State>,
): Explanation<State> {
  const search = new Search(calls, apply)
  for (const state of states) search.visit({ state, order: [] })
  const found = [...search.found.values()]
  return { states: found, failure: found.length > 0 ? null : search.longest }
}

interface Position<State> {
  state: State
  /** The calls that were done, by their places. */
  order: number[]
}

class Search<State, Of extends Call> {
  readonly found = new Map<string, State>()
  longest: { order: number[]; mismatches: string[] } = { order: [], mismatches: [] }
  readonly #seen = new Set<string>()
  readonly #calls: Of[]
  readonly #apply: (state: State, call: Of) => Outcome<State>

  constructor(calls: Of[], apply: (state: State, call: Of) => Outcome<State>) {
    this.#calls = calls
    this.#apply = apply
  }

  visit({ state, order }: Position<State>): void {
    const text = JSON.stringify(state)
    const key = `${order.toSorted((one, other) => one - other).join()} ${text}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    const left = this.#calls.flatMap((call, place) => (order.includes(place) ? [] : [{ call, place }]))
    if (left.every(({ call }) => call.endedAt === null)) this.found.set(text, state)
    const firstEnd = Math.min(...left.map(({ call }) => call.endedAt ?? Number.POSITIVE_INFINITY))
    const mismatches: string[] = []
    for (const { call, place } of left.filter(({ call: { startedAt } }) => startedAt <= firstEnd)) {
      const outcome = this.#apply(state, call)
      if ('mismatch' in outcome) mismatches.push(outcome.mismatch)
      else this.visit({ state: outcome.state, order: [...order, place] })
    }
    if (order.length >= this.longest.order.length) this.longest = { order, mismatches }
  }
}
