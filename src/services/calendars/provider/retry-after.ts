/** Reads the header Retry-After: seconds, or a date, which is compared with the date of the response and not with our
 * clock (RFC 9110, section 10.2.3).
 * @param date the header Date
 * @returns ms; null: missing or invalid */
export function retryAfterMs(retryAfter: string | null, date: string | null): number | null {
  if (retryAfter === null) return null
  const seconds = Number(retryAfter)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - Date.parse(date ?? '')
  return Number.isFinite(wait) ? Math.max(0, wait) : null
}
