// Shows a dialogue from its first card on, and does what its cards do before the first one that waits.
import type { DialogueSession } from '../../../database/generated/client/client.ts'
import { isAnybodyOnline } from '../../chat/offers/is-anybody-online.ts'
import { appendEvents } from '../../events/append-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { runTransaction } from '../../transaction.ts'
import type { Program } from './program.ts'
import { sayInDialogue } from './say-in-dialogue.ts'
import { type Showing, showDialogue } from './show-session.ts'
import type { Speaker } from './speaker.ts'
import { walkTools } from './tools.ts'
import { OutdatedError } from './until-written.ts'
import { type Walk, walk } from './walk.ts'

/** @returns null: another tab was faster
 * @throws OutdatedError for the same reason
 * @throws UnauthenticatedError when the visit is over */
export async function showFromStart(
  context: RequestContext,
  given: Omit<Showing, 'walked'>,
): Promise<DialogueSession | null> {
  const { actor, published, isTriggered, now } = given
  const walked = await walkFromStart(context, { ...actor, program: published.program })
  const showing = { ...given, walked }
  if (isTriggered) reportIfCutOff(context, walked, published)
  const { said: sayings } = walked
  // One that is over at once must not be shown twice, although the other tab's session is not open any more.
  const needsLock = isTriggered && (sayings.length > 0 || walked.pending === null)
  if (!needsLock) return showDialogue(context.database, showing, { isLocked: false })
  const { workspaceId } = actor
  return runTransaction(context, async (tx) => {
    const { events } = await sayInDialogue(tx, { actor, sayings, locksPerson: true, now })
    const session = await showDialogue(tx, showing, { isLocked: true })
    if (session === null) throw new OutdatedError()
    if (events.length > 0) await appendEvents(tx, { workspaceId, at: now, events })
    return session
  })
}

export async function walkFromStart(
  context: RequestContext,
  { program, speaker, phoneCountry }: { program: Program; speaker: Speaker; phoneCountry: string | null },
): Promise<Walk> {
  const isAgentAvailable = await isAgentAvailableFor(context, program)
  const { cards, definition } = program
  return walk(
    definition.start,
    { cards, speaker, isAgentAvailable, isEngaged: false },
    walkTools({ phoneCountry }),
  )
}

/** Is read only if it matters. Must not be called in a transaction. */
export async function isAgentAvailableFor(
  context: RequestContext,
  { asksForAgents }: Program,
): Promise<boolean> {
  return asksForAgents && (await isAnybodyOnline(context))
}

/** A dialogue that does not stop by itself is for whoever looks after the installation to know. */
export function reportIfCutOff(
  { onError }: Pick<RequestContext, 'onError'>,
  { pending, isCompleted }: Pick<Walk, 'pending' | 'isCompleted'>,
  of: { dialogueId: string; versionId: string | null },
): void {
  if (pending !== null || isCompleted) return
  const version = of.versionId === null ? 'its draft' : `version ${of.versionId}`
  onError(
    new Error(
      `Dialogue ${of.dialogueId} (${version}) shows too many cards without an answer, or takes too many answers.`,
    ),
  )
}
