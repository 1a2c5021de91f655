// Counts a call of somebody who is not staff, before its transaction: attempts count, whatever becomes of them.
import type { Budget, BudgetedCall, BudgetScope } from '../../config/budgets.ts'
import type { Prisma } from '../../database/generated/client/client.ts'
import { QuotaExceededError } from '../../errors.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { callerOf, type Viewer } from '../identity/viewer.ts'
import { formatCount, formatDuration } from '../wording.ts'
import { countUses, countUsesAndRead, readResets } from './budget-store.ts'
import { budgetKey } from './client-key.ts'
import { refuse } from './refuse.ts'
import { networksOf, refusingUses, type Use } from './rules.ts'

export interface Spending {
  /** null: none that the caller may use. The budgets of the client address count all the same. */
  workspaceId: string | null
  /** Who calls, if it is not the viewer of the request: the holder of a meeting's link. */
  viewer?: Viewer
  calls: BudgetedCall[]
  /** Who gets the mails of the call, for example an e-mail address; left out or null: nobody. */
  recipient?: string | null
}

interface NamedUse extends Use {
  call: BudgetedCall
  scope: BudgetScope
}

/** Signed-in staff has no budgets.
 * @throws QuotaExceededError */
export async function spendBudgets(context: RequestContext, spending: Spending): Promise<void> {
  if (context.viewer.kind === 'AGENT') return
  const { database } = context
  const now = context.clock.now()
  const uses = usesOf(context, spending)
  await refuseUnlessCounted(context, { uses, now, counted: await countUses(database, { uses, now }) })
}

/** Does the same, and reads what the call needs first, in one statement.
 * @param reading a query of at most one row
 * @returns the row; null if there is none
 * @throws QuotaExceededError */
export async function spendBudgetsAndRead<Row extends object>(
  context: RequestContext,
  spending: Spending,
  reading: Prisma.Sql,
): Promise<Row | null> {
  const now = context.clock.now()
  const uses = context.viewer.kind === 'AGENT' ? [] : usesOf(context, spending)
  const { counted, row } = await countUsesAndRead<Row>(context.database, { uses, now, reading })
  await refuseUnlessCounted(context, { uses, now, counted })
  return row
}

/** @throws QuotaExceededError */
async function refuseUnlessCounted(
  context: RequestContext,
  { uses, counted, now }: { uses: NamedUse[]; counted: Map<string, Date>; now: Date },
): Promise<void> {
  const refusing = refusingUses(uses, { counted, now })
  const [use] = refusing
  if (use === undefined) return
  const resets = await readResets(context.database, { uses: refusing, now })
  const resetsAt = ({ key }: Use) => resets.get(key) ?? now
  const last = refusing.reduce((one, other) => (resetsAt(other) > resetsAt(one) ? other : one), use)
  const error = new QuotaExceededError(describe(last), { limit: last.limit, resetsAt: resetsAt(last) })
  throw refuse(context, error)
}

function usesOf(context: RequestContext, spending: Spending): NamedUse[] {
  const subjects = Object.entries(subjectsOf(context, spending)) as [BudgetScope, string | null][]
  return spending.calls.flatMap((call) =>
    subjects.flatMap(([scope, subject]) => {
      const budget = context.settings.budgets[call][scope]
      if (budget === undefined || subject === null) return []
      return [
        { ...budget, call, scope, of: OWNERS[scope], key: budgetKey(context, { call, scope, subject }) },
      ]
    }),
  )
}

const OWNERS: Record<BudgetScope, Use['of']> = {
  address: 'CALLER',
  network: 'CALLER',
  visitor: 'CALLER',
  recipient: 'RECIPIENT',
  workspace: 'WORKSPACE',
}

function subjectsOf(
  { viewer: present, client }: RequestContext,
  { workspaceId, viewer = present, recipient = null }: Spending,
): Record<BudgetScope, string | null> {
  const networks = client.address === null ? null : networksOf(client.address)
  return {
    address: networks?.address ?? null,
    network: networks?.network ?? null,
    visitor: viewer.kind === 'ANONYMOUS' ? null : callerOf(viewer),
    recipient: recipient && `${workspaceId} ${recipient}`,
    workspace: workspaceId,
  }
}

const CALLS: Record<BudgetedCall, string> = {
  visits: 'visits',
  visitsWithoutProof: 'visits without a proof of work',
  identifications: 'identifications',
  holds: 'holds of slots',
  bookings: 'bookings',
  changes: 'changes of meetings',
  chatRequests: 'requests for live chats',
  messages: 'messages',
  signals: 'signals of typing and reading',
  slots: 'queries of free slots',
  slotsChanged: 'subscriptions to free slots',
  dialogues: 'page views, triggers and answers of dialogues',
}

const SHARED_BY: Record<BudgetScope, string> = {
  address: 'from one client address',
  network: 'from one network',
  visitor: 'by one visitor',
  recipient: 'for one recipient',
  workspace: 'by all visitors of a workspace together',
}

function describe({ call, scope, limit, windowMs }: Budget & Pick<NamedUse, 'call' | 'scope'>): string {
  return `At most ${formatCount(limit)} ${CALLS[call]} ${SHARED_BY[scope]} are accepted within ${formatDuration(windowMs)}.`
}
