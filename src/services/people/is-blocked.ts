/** Whether an e-mail belongs to one of the domains, or to a subdomain of one: `mail.example.com` is of `example.com`,
 * `notexample.com` is not. Upper and lower case are the same.
 * @param email null for somebody whose e-mail is not known, who is not blocked */
export function isBlocked(email: string | null, blockedDomains: readonly string[]): boolean {
  if (email === null) return false
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return blockedDomains.some((blocked) => `.${domain}`.endsWith(`.${blocked.toLowerCase()}`))
}
