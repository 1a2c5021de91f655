// Budgets that no test meets by accident: hundreds of visitors come from one address here.
import { type Budgets, DEFAULT_BUDGETS } from '../../src/config/budgets.ts'
import type { HoldLimits } from '../../src/config/config.ts'

const TIMES = 1000

export const GENEROUS_BUDGETS = Object.fromEntries(
  Object.entries(DEFAULT_BUDGETS).map(([call, budgets]) => [
    call,
    Object.fromEntries(
      Object.entries(budgets).map(([scope, budget]) => [scope, { ...budget, limit: budget.limit * TIMES }]),
    ),
  ]),
) as Budgets

export const GENEROUS_HOLDS: HoldLimits = { perAddress: 1000, perAgentDay: 1000 }

export const GENEROUS_MEETINGS = 1000

/** The same as the value of the environment variable BUDGETS. */
export const GENEROUS_BUDGETS_VARIABLE = Object.entries(GENEROUS_BUDGETS)
  .flatMap(([call, budgets]) =>
    Object.entries(budgets).map(
      ([scope, { limit, windowMs }]) => `${call}.${scope}=${limit}/${windowMs / 1000}s`,
    ),
  )
  .join(',')
