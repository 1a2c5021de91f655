/** @returns a function that does the work when it is first called, and returns what became of it each time */
export function lazily<Value>(work: () => Value): () => Value {
  let done: { value: Value } | undefined
  return () => {
    done ??= { value: work() }
    return done.value
  }
}
