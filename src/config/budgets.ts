// What callers who are not staff may do in a time: the defaults, and how the environment changes them. docs/limits.md
// has the table.

/** At most `limit` calls at once. They come back one by one over `windowMs`: with 60 in 10 minutes, one in 10 seconds. */
export interface Budget {
  limit: number
  windowMs: number
}

/** Who shares a budget: a client address (IPv6: a network of 64 bits), an IPv6 network of 48 bits, a visitor, the
 * person who gets the mails, or all visitors of a workspace together. */
export const BUDGET_SCOPES = ['address', 'network', 'visitor', 'recipient', 'workspace'] as const
export type BudgetScope = (typeof BUDGET_SCOPES)[number]

export const BUDGETED_CALLS = [
  'visits',
  'visitsWithoutProof',
  'identifications',
  'holds',
  'bookings',
  'changes',
  'chatRequests',
  'messages',
  'signals',
  'slots',
  'slotsChanged',
  'dialogues',
] as const
export type BudgetedCall = (typeof BUDGETED_CALLS)[number]

export type Budgets = Readonly<Record<BudgetedCall, Readonly<Partial<Record<BudgetScope, Budget>>>>>

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 }
const MAX_LIMIT = 1_000_000_000
const MAX_WINDOW_MS = 7 * 24 * 3_600_000
/** For example bookings.address=120/10m or slots.visitor=off. */
const ENTRY = /^(\w+)\.(\w+)=(?:(\d+)\/(\d+)([smh])|off)$/

const inMinutes = (minutes: number) => (limit: number) => ({ limit, windowMs: minutes * 60_000 })
const aMinute = inMinutes(1)
const tenMinutes = inMinutes(10)
const anHour = inMinutes(60)

/** So high that a busy website, or an office behind one address, does not meet them. */
export const DEFAULT_BUDGETS: Budgets = {
  visits: { address: tenMinutes(600), network: tenMinutes(6000), workspace: tenMinutes(60_000) },
  /** Where visits are protected: beyond it, a visit needs a proof of work. */
  visitsWithoutProof: { address: tenMinutes(20), network: tenMinutes(200) },
  identifications: {
    address: tenMinutes(300),
    network: tenMinutes(3000),
    visitor: tenMinutes(30),
    workspace: tenMinutes(30_000),
  },
  holds: {
    address: tenMinutes(300),
    network: tenMinutes(3000),
    visitor: tenMinutes(60),
    workspace: tenMinutes(6000),
  },
  bookings: {
    address: tenMinutes(60),
    network: tenMinutes(600),
    visitor: tenMinutes(20),
    recipient: anHour(20),
    workspace: tenMinutes(3000),
  },
  changes: {
    address: tenMinutes(120),
    network: tenMinutes(1200),
    visitor: tenMinutes(60),
    recipient: anHour(60),
    workspace: tenMinutes(6000),
  },
  chatRequests: {
    address: tenMinutes(120),
    network: tenMinutes(1200),
    visitor: tenMinutes(20),
    workspace: tenMinutes(6000),
  },
  messages: {
    address: aMinute(1200),
    network: aMinute(12_000),
    visitor: aMinute(60),
    workspace: tenMinutes(120_000),
  },
  signals: {
    address: aMinute(2400),
    network: aMinute(24_000),
    visitor: aMinute(120),
    workspace: tenMinutes(240_000),
  },
  slots: {
    address: aMinute(1200),
    network: aMinute(12_000),
    visitor: aMinute(120),
    workspace: tenMinutes(240_000),
  },
  slotsChanged: {
    address: aMinute(600),
    network: aMinute(6000),
    visitor: aMinute(60),
    workspace: tenMinutes(60_000),
  },
  dialogues: {
    address: aMinute(1200),
    network: aMinute(12_000),
    visitor: aMinute(120),
    workspace: tenMinutes(240_000),
  },
}

/** @param text entries that are separated by commas
 * @returns the defaults with these changes, and what is wrong with the entries */
export function readBudgets(text: string): { budgets: Budgets; faults: string[] } {
  const entries = text.split(',').map((entry) => entry.trim())
  const read = entries.filter((entry) => entry !== '').map(readEntry)
  const faults = read.flatMap((entry) => (typeof entry === 'string' ? [entry] : []))
  const changes = read.filter((entry) => typeof entry !== 'string')
  const budgetsOf = (call: BudgetedCall) => {
    const changed = changes.filter((change) => change.call === call)
    return {
      ...DEFAULT_BUDGETS[call],
      ...Object.fromEntries(changed.map(({ scope, budget }) => [scope, budget])),
    }
  }
  const budgets = Object.fromEntries(BUDGETED_CALLS.map((call) => [call, budgetsOf(call)])) as Budgets
  return { budgets, faults }
}

interface Change {
  call: BudgetedCall
  scope: BudgetScope
  /** undefined: there is none. */
  budget: Budget | undefined
}

/** @returns what the entry changes, or what is wrong with it */
function readEntry(entry: string): Change | string {
  const [, named, shared, count, time, unit] = ENTRY.exec(entry) ?? []
  const call = BUDGETED_CALLS.find((known) => known === named)
  const scope = BUDGET_SCOPES.find((known) => known === shared)
  if (call === undefined || scope === undefined) {
    return `${JSON.stringify(entry)} is no budget: write for example bookings.address=120/10m or slots.visitor=off.`
  }
  if (DEFAULT_BUDGETS[call][scope] === undefined) return `there is no budget ${call}.${scope}.`
  if (count === undefined) return { call, scope, budget: undefined }
  const budget = { limit: Number(count), windowMs: Number(time) * (UNITS[unit ?? ''] ?? 0) }
  const isPossible =
    budget.limit >= 1 && budget.limit <= MAX_LIMIT && budget.windowMs > 0 && budget.windowMs <= MAX_WINDOW_MS
  return isPossible
    ? { call, scope, budget }
    : `${call}.${scope} must be 1 to ${MAX_LIMIT} calls in at most 7 days.`
}
