// What one part of the benchmark has measured.

/** Times are in milliseconds, ascending. */
export interface Line {
  name: string
  /** How many rows the answer is about. */
  rows: number
  times: number[]
  /** Of `{ __typename }`, and of a plain read of the rows. */
  nothing: number[]
  reading: number[]
  statements: number
  /** null: none. */
  bar: { percentile: 50 | 95; ms: number } | null
}
