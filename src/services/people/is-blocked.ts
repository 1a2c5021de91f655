// Whether a workspace takes meetings and live chats from an e-mail address.
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'
import type { Workspace } from '../../database/generated/client/client.ts'

export type Blocklist = Pick<Workspace, 'blockedEmails' | 'blocksDisposableEmails'>

let disposableDomains: Set<string> | undefined

/** Whether an e-mail is one of the blocked addresses, or belongs to one of the blocked domains or to a subdomain of one:
 * `mail.example.com` belongs to `example.com`, `notexample.com` does not. The comparison ignores case.
 * @param email null when it is not known, which is never blocked */
export function isBlocked(
  email: string | null,
  { blockedEmails, blocksDisposableEmails }: Blocklist,
): boolean {
  if (email === null) return false
  const address = email.toLowerCase()
  const names = [address, ...domainsOf(address)]
  if (blockedEmails.some((blocked) => names.includes(blocked.toLowerCase()))) return true
  if (!blocksDisposableEmails) return false
  // Read when it is needed first: few workspaces use it.
  disposableDomains ??= disposableEmailBlocklistSet()
  return names.some((name) => disposableDomains?.has(name))
}

/** The domain of an address, and all that it is a subdomain of. */
function domainsOf(address: string): string[] {
  const labels = address.slice(address.lastIndexOf('@') + 1).split('.')
  return labels.map((_, index) => labels.slice(index).join('.'))
}
