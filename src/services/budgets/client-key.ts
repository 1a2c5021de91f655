// Names a client address in the database. It is hashed with the installation's key: nobody reads the address in a table
// or in a backup.
import type { BudgetedCall, BudgetScope } from '../../config/budgets.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { networksOf } from './rules.ts'

/** @returns null for a call from within the program */
export function clientKeyOf(context: Pick<RequestContext, 'client' | 'signer'>): string | null {
  const { address } = context.client
  return address === null ? null : hashedKey(context, networksOf(address).address)
}

/** Like `clientKeyOf`, for the largest network that one customer gets: all of an IPv6 client's 48 bits. */
export function networkKeyOf(context: Pick<RequestContext, 'client' | 'signer'>): string | null {
  const { address } = context.client
  if (address === null) return null
  const { network, address: subnet } = networksOf(address)
  return hashedKey(context, network ?? subnet)
}

/** @returns the name of a budget in the database */
export function budgetKey(
  context: Pick<RequestContext, 'signer'>,
  { call, scope, subject }: { call: BudgetedCall; scope: BudgetScope; subject: string },
): string {
  return `${call}.${scope} ${hashedKey(context, subject)}`
}

export function hashedKey({ signer }: Pick<RequestContext, 'signer'>, subject: string): string {
  return signer.signature('budget', Buffer.from(subject)).subarray(0, 16).toString('base64url')
}
