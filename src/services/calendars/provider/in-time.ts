import { CalendarFault } from './calendar-fault.ts'

/** Waits for an answer until the deadline, and ignores a later one.
 * @throws CalendarFault RETRY at the deadline */
export async function inTime<Answer>(
  work: Promise<Answer>,
  deadline: AbortSignal | undefined,
): Promise<Answer> {
  if (deadline === undefined) return work
  const late = Promise.withResolvers<never>()
  const end = () => late.reject(new CalendarFault('RETRY', 'The provider takes too long to respond.'))
  deadline.addEventListener('abort', end, { once: true })
  if (deadline.aborted) end()
  try {
    return await Promise.race([work, late.promise])
  } finally {
    deadline.removeEventListener('abort', end)
  }
}
