// A visitor opens or downloads a document that a dialogue has shown.
import { type DialogueSession, Prisma } from '../../../database/generated/client/client.ts'
import { InvalidInputError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireVisitor } from '../../identity/viewer.ts'
import { countCard } from '../counts/counting.ts'
import { readSession } from './session-facts.ts'
import { writeSession } from './show-session.ts'
import { readTranscript } from './transcript.ts'

/** Counts once in a visit, also when the session is over.
 * @returns the session
 * @throws ForbiddenError unless the viewer is a visitor
 * @throws NotFoundError for a session that is not the visitor's
 * @throws InvalidInputError for a card that has shown no document in the session
 * @throws UnauthenticatedError, QuotaExceededError */
export async function noteDocument(
  context: RequestContext,
  { sessionId, cardKey, action }: { sessionId: string; cardKey: string; action: 'OPENED' | 'DOWNLOADED' },
): Promise<DialogueSession> {
  const viewer = requireVisitor(context.viewer)
  const now = context.clock.now()
  const { actor, session } = await readSession(context, viewer, { sessionId, now })
  const entries = readTranscript(session.transcript)
  if (!entries.some((entry) => entry.cardKey === cardKey && entry.document !== undefined)) {
    const message = 'Must be the key of a card that has shown a document in the session.'
    throw new InvalidInputError([{ path: ['input', 'cardKey'], code: 'UNKNOWN', message }])
  }
  await writeSession(context.database, {
    actor,
    dialogueId: session.dialogueId,
    session: Prisma.sql`SELECT s.* FROM "DialogueSession" s, visitor WHERE s."id" = ${sessionId}::uuid`,
    counts: [countCard(`DOCUMENT_${action}`, cardKey)],
    isCompletedFor: null,
    now,
  })
  return session
}
