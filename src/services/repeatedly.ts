/** Does something again and again, never twice at the same time.
 * @returns stops; resolves when what is being done is done */
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
