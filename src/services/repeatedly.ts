/** Runs work at an interval. If a run takes longer than the interval, the next one is skipped, so that no two overlap.
 * @returns stop, which resolves once the current run has ended */
export function repeatedly(
  work: () => Promise<void>,
  { everyMs, onError }: { everyMs: number; onError(error: unknown): void },
): () => Promise<void> {
  let working: Promise<void> | null = null
  const timer = setInterval(() => {
    working ??= work()
      .catch(onError)
      .finally(() => {
        working = null
      })
  }, everyMs).unref()
  return async () => {
    clearInterval(timer)
    await working
  }
}
