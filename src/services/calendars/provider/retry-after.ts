/** What the header Retry-After asks for: seconds, or a date, which counts from that of the answer and not from our clock
 * (RFC 9110, section 10.2.3).
 * @param date the header Date
 * @returns ms; null: nothing that can be read */
export function retryAfterMs(retryAfter: string | null, date: string | null): number | null {
  if (retryAfter === null) return null
  const seconds = Number(retryAfter)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - Date.parse(date ?? '')
  return Number.isFinite(wait) ? Math.max(0, wait) : null
}
