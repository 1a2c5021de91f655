/** A server outside cannot be used at present, and the program goes on without it. The message tells the operator in a
 * sentence or two what happens meanwhile and what to check; the log shows no stack. */
export class Outage extends Error {
  override name = 'Outage'
}

/** The reason in words: an attempt at several addresses of a host fails with a list of errors and no message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
