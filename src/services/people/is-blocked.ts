/** Whether an e-mail belongs to one of the domains or to a subdomain of one: `mail.example.com` belongs to
 * `example.com`, `notexample.com` does not. The comparison ignores case.
 * @param email null when it is not known, which is never blocked */
export function isBlocked(email: string | null, blockedDomains: readonly string[]): boolean {
  if (email === null) return false
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return blockedDomains.some((blocked) => `.${domain}`.endsWith(`.${blocked.toLowerCase()}`))
}
