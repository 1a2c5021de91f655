// Finds a hold of the caller that is to become a meeting, or to last longer.
import type { Reservation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { type Prechecks, requireChecked } from '../calendar-precheck.ts'
import { mayKeep, readCandidates } from '../slots/meeting-candidates.ts'
import { refuseSlot } from '../slots/rules.ts'
import { SlotRefused } from './refusal.ts'

interface HoldRequest {
  workspaceId: string
  holdId: string
  /** See `callerOf`. */
  caller: string
  now: Date
  /** null: the calendar is not looked into. */
  checks: Prechecks | null
}

/** Locks the caller's hold and checks once more that its time can be booked.
 * @throws NotFoundError when the caller has no such hold
 * @throws SlotRefused when it has expired, or its time cannot be booked any more */
export async function takeHold(tx: Transaction, request: HoldRequest): Promise<Reservation> {
  const { workspaceId, holdId, caller, now, checks } = request
  const [hold] = await tx.$queryRaw<Reservation[]>`
    SELECT * FROM "Reservation"
    WHERE "id" = ${holdId}::uuid AND "workspaceId" = ${workspaceId}::uuid AND "holder" = ${caller} FOR UPDATE`
  if (hold === undefined) throw new NotFoundError('holdId')
  const { agentId, startsAt, endsAt, expiresAt } = hold
  const refused = { workspaceId, target: { agentId }, startsAt, caller, field: 'holdId' }
  if (expiresAt === null || expiresAt <= now) throw new SlotRefused('EXPIRED', refused)
  const start = startsAt.getTime()
  const range = { start, end: start + 1 }
  const [candidate] = await readCandidates(tx, { workspaceId, agentIds: [agentId], range, now, caller })
  if (!candidate || !mayKeep(candidate)) throw new SlotRefused(null, refused)
  const refusal = refuseSlot(candidate.calendar, { startsAt: start, now: now.getTime() })
  if (refusal !== null) throw new SlotRefused(refusal, refused)
  if (checks?.busy.has(agentId)) throw new SlotRefused('TAKEN', refused)
  if (checks !== null) requireChecked(candidate, { checks, meeting: { startsAt, endsAt } })
  return hold
}
