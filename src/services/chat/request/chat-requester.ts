// Whether a visitor may have a live chat, and what its request depends on.
import type { Prisma, Workspace } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { ForbiddenError, UnauthenticatedError } from '../../../errors.ts'
import { type Blocklist, isBlocked } from '../../people/is-blocked.ts'
import { IS_OPEN } from '../../people/open-chats.ts'

/** The facts about a visitor and its workspace that a request depends on. */
export interface ChatRequester
  extends Pick<Workspace, 'chatEnabled' | 'offerTimeoutSeconds' | 'maxOffersPerRequest' | 'waitSeconds'>,
    Blocklist {
  personId: string
  email: string | null
  /** Whether the visitor is verified as the person, and what it claims otherwise. */
  verified: boolean
  claimed: Prisma.JsonValue
  openChatId: string | null
  /** Whether no request waits in the workspace. */
  isQueueEmpty: boolean
}

/** The visitor must be locked.
 * @returns null when the visitor does not exist any more */
export async function readChatRequester(tx: Transaction, visitorId: string): Promise<ChatRequester | null> {
  const [requester] = await tx.$queryRaw<ChatRequester[]>`
    SELECT p."id" AS "personId", p."email", v."verified", v."claimed", w."chatEnabled", w."offerTimeoutSeconds",
      w."maxOffersPerRequest", w."waitSeconds",
      w."blockedEmailDomains" AS "blockedEmails", w."blocksDisposableEmails",
      NOT EXISTS (
        SELECT FROM "Conversation" q WHERE q."workspaceId" = w."id" AND q."state" = 'REQUESTED'
      ) AS "isQueueEmpty",
      (
        SELECT "id" FROM "Conversation" WHERE "visitorId" = v."id" AND ${IS_OPEN}
      ) AS "openChatId"
    FROM "Visitor" v JOIN "Person" p ON p."id" = v."personId" JOIN "Workspace" w ON w."id" = p."workspaceId"
    WHERE v."id" = ${visitorId}::uuid`
  return requester ?? null
}

/** @throws UnauthenticatedError when the visitor does not exist any more
 * @throws ForbiddenError unless live chat is enabled, and the e-mail address is not blocked */
export function requireWelcome(requester: ChatRequester | null): ChatRequester {
  if (requester === null) throw new UnauthenticatedError('The visit has ended.')
  if (!requester.chatEnabled) throw new ForbiddenError('The workspace has switched live chat off.')
  if (isBlocked(requester.email, requester)) {
    throw new ForbiddenError('The workspace takes no live chats from this e-mail address.')
  }
  return requester
}
