// The client has measured that the trigger of a dialogue is met.
import type { DialogueSession } from '../../../database/generated/client/client.ts'
import { ConflictError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireVisitor } from '../../identity/viewer.ts'
import { readVersion } from './published.ts'
import { readSession, type SessionFacts } from './session-facts.ts'
import { showFromStart } from './show-from-start.ts'
import { untilWritten } from './until-written.ts'

/** The dialogue may be shown from now on. Has no effect on one that may be shown already.
 * @returns the session afterwards
 * @throws ForbiddenError unless the viewer is a visitor
 * @throws NotFoundError for a session that is not the visitor's
 * @throws ConflictError when the session is over
 * @throws UnauthenticatedError, QuotaExceededError */
export async function noteTrigger(
  context: RequestContext,
  { sessionId }: { sessionId: string },
): Promise<DialogueSession> {
  const viewer = requireVisitor(context.viewer)
  return untilWritten(async () => {
    const now = context.clock.now()
    const facts = await readSession(context, viewer, { sessionId, now })
    const { session } = facts
    if (session.triggeredAt !== null) return session
    if (facts.isOver) throw dialogueIsOver()
    return trigger(context, { ...facts, now })
  })
}

export const dialogueIsOver = () => new ConflictError('DIALOGUE_OVER', 'The dialogue is over.')

/** @returns null: another tab was faster */
export async function trigger(
  context: RequestContext,
  { actor, session, now }: SessionFacts & { now: Date },
): Promise<DialogueSession | null> {
  const { id, dialogueId, versionId, pageUrl } = session
  const program = await readVersion(context.database, versionId)
  const published = { dialogueId, versionId, program }
  return showFromStart(context, {
    ...{ actor, published, pageUrl, now },
    session: { id, versionId, isTriggered: false },
    isTriggered: true,
    countsTrigger: true,
  })
}
