// Whom the open sockets and subscriptions of a client count for.
import { networksOf } from '../../services/budgets/rules.ts'
import { callerOf, type Viewer } from '../../services/identity/viewer.ts'

/** @param address see `Client` */
export function callerAt(address: string | null, viewer: Viewer): string {
  if (viewer.kind !== 'ANONYMOUS') return callerOf(viewer)
  return `anonymous ${address && networksOf(address).address}`
}
