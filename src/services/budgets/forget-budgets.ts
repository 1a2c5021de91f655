import { BUDGET_SCOPES, BUDGETED_CALLS, type BudgetScope } from '../../config/budgets.ts'
import type { Services } from '../context.ts'
import { budgetKey } from './client-key.ts'

/** Removes what is counted of somebody. It is as if nothing had been used.
 * @param subjects.callers see `callerOf`
 * @param subjects.recipients e-mail addresses, and the ids of people */
export async function forgetBudgets(
  services: Services,
  { workspaceId, callers, recipients }: { workspaceId: string; callers: string[]; recipients: string[] },
): Promise<void> {
  const subjects: Partial<Record<BudgetScope, string[]>> = {
    visitor: callers,
    recipient: recipients.map((recipient) => `${workspaceId} ${recipient}`),
  }
  const keys = BUDGETED_CALLS.flatMap((call) =>
    BUDGET_SCOPES.flatMap((scope) =>
      (subjects[scope] ?? []).map((subject) => budgetKey(services, { call, scope, subject })),
    ),
  )
  await services.database.budget.deleteMany({ where: { key: { in: keys } } })
}
