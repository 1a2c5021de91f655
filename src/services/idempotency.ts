// Makes mutations idempotent: a retry with the same idempotency key returns the first outcome. The key is written in
// the transaction of the effect, so a refused call keeps no key and may be retried with the same one.
import { createHash } from 'node:crypto'
import { noteLocks } from '../database/lock-order.ts'
import type { Transaction } from '../database/open.ts'
import { ConflictError } from '../errors.ts'

export interface IdempotentCall {
  workspaceId: string
  /** See `callerOf`. */
  caller: string
  /** null: the call has no key, and runs every time. */
  key: string | null
  operation: string
  /** The input as the client sent it. */
  input: unknown
  now: Date
}

/** Runs `work` once for each caller and key.
 * @param work makes the change and returns the id of its outcome
 * @returns the id of the first outcome
 * @throws ConflictError if an earlier call used the key with other input */
export async function once(
  tx: Transaction,
  call: IdempotentCall,
  work: () => Promise<string>,
): Promise<string> {
  if (call.key === null) return work()
  const inputHash = hashOf(call)
  noteLocks(tx, 'idempotency key', [`${call.caller} ${call.key}`])
  // Waits for a concurrent transaction that inserts the same key.
  const taken = await tx.$executeRaw`
    INSERT INTO "IdempotencyKey" ("workspaceId", "caller", "key", "inputHash", "createdAt")
    VALUES (${call.workspaceId}::uuid, ${call.caller}, ${call.key}, ${inputHash}, ${call.now}::timestamptz)
    ON CONFLICT DO NOTHING`
  const { workspaceId, caller, key } = call
  if (taken === 0) {
    const where = { workspaceId_caller_key: { workspaceId, caller, key } }
    const first = await tx.idempotencyKey.findUniqueOrThrow({ where })
    if (!inputHash.equals(first.inputHash) || typeof first.outcome !== 'string') {
      throw new ConflictError('KEY_REUSED', 'This key was used before with other input.')
    }
    return first.outcome
  }
  const outcome = await work()
  await tx.$executeRaw`
    UPDATE "IdempotencyKey" SET "outcome" = to_jsonb(${outcome}::text)
    WHERE "workspaceId" = ${workspaceId}::uuid AND "caller" = ${caller} AND "key" = ${key}`
  return outcome
}

/** @param stored the hash in the row of a call
 * @returns whether a call has the same operation and input */
export const hasInput = (stored: Uint8Array, call: Pick<IdempotentCall, 'operation' | 'input'>): boolean =>
  hashOf(call).equals(stored)

function hashOf({ operation, input }: Pick<IdempotentCall, 'operation' | 'input'>): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([operation, input], sortKeys))
    .digest()
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
