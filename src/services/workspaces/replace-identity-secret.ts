// Replaces the secret with which the customer's site vouches for visitors, for example after it has leaked.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Prisma, type Workspace } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { lockConversations, lockVisitors } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { appendEvents } from '../events/append-events.ts'
import { type NewEvent, newEvent } from '../events/new-events.ts'
import { once } from '../idempotency.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { callerOf, requirePermission } from '../identity/viewer.ts'
import { idempotencyKey, parseInput } from '../input.ts'
import { IDENTITY_SECRET_BYTES } from '../people/identity-hash.ts'
import { IS_OPEN } from '../people/open-chats.ts'
import { runTransaction } from '../transaction.ts'

const replaceIdentitySecretInput = z.object({ idempotencyKey })

/** Revokes every verification made with the old secret: the customer's site has to vouch for each visitor again.
 * @returns the workspace with the new secret
 * @throws ForbiddenError without MANAGE_PRIVACY_AND_SECURITY
 * @throws InvalidInputError
 * @throws ConflictError when the key was used before with other input */
export async function replaceIdentitySecret(
  context: RequestContext,
  raw: z.input<typeof replaceIdentitySecretInput>,
): Promise<Workspace> {
  const viewer = requirePermission(context.viewer, 'MANAGE_PRIVACY_AND_SECURITY')
  const { workspaceId } = viewer
  const { idempotencyKey: key } = parseInput(replaceIdentitySecretInput, raw)
  const operation = 'replaceIdentitySecret'
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation, input: raw, now }
  return runTransaction(context, async (tx) => {
    const id = await once(tx, call, async () => {
      noteLocks(tx, 'workspace', [workspaceId])
      await tx.workspace.update({
        where: { id: workspaceId },
        data: { identitySecret: randomBytes(IDENTITY_SECRET_BYTES) },
      })
      await lockVisitors(tx, Prisma.sql`"workspaceId" = ${workspaceId}::uuid AND "verified"`)
      await tx.visitor.updateMany({ where: { workspaceId, verified: true }, data: { verified: false } })
      const events = [
        newEvent.workspaceChanged(),
        newEvent.accessChanged({ visitors: 'ALL' }),
        ...(await endVerificationOfChats(tx, workspaceId)),
      ]
      await appendEvents(tx, { workspaceId, at: now, events })
      return workspaceId
    })
    return tx.workspace.findUniqueOrThrow({ where: { id } })
  })
}

/** @returns the events to append */
async function endVerificationOfChats(tx: Transaction, workspaceId: string): Promise<NewEvent[]> {
  const which = Prisma.sql`"workspaceId" = ${workspaceId}::uuid AND "verified" AND ${IS_OPEN}`
  const chats = await lockConversations(tx, which)
  await tx.conversation.updateMany({
    where: { workspaceId, verified: true, endedAt: null },
    data: { verified: false },
  })
  return chats.map((chat) => newEvent.conversationChanged(chat))
}
