// A page asks which dialogue its visitor gets (docs/semantics.md, section 10).
import { z } from 'zod'
import type { DialogueSession } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireVisitor } from '../../identity/viewer.ts'
import { parseInput, webUrl } from '../../input.ts'
import { readValueOf } from '../../people/attribute-values.ts'
import { applyLostBooking } from './answer-card.ts'
import { chooseDialogue, chooseFlow, type Shown } from './choose-dialogue.ts'
import { endSession } from './end-session.ts'
import { requireListedPage } from './page-address.ts'
import { readPublished } from './published.ts'
import { type ResolutionFacts, resolutionFacts } from './resolution-facts.ts'
import { showFromStart } from './show-from-start.ts'
import { continueSession, noteVisit } from './show-session.ts'
import { untilWritten } from './until-written.ts'
import { type Actor, readActor } from './visitor-facts.ts'

const resolveDialogueInput = z.object({ pageUrl: webUrl, flowId: z.string().nullish() })

/** Why nothing is shown. */
export type NoDialogueCause = 'NONE_FITS' | 'CHAT_DISABLED' | 'FLOW_NOT_PUBLISHED'

/** An engaged session goes on. Otherwise the first dialogue is shown that is for the page and the visitor.
 * @param raw.flowId the flow that the page begins, in place of a dialogue
 * @returns the session, or why there is none
 * @throws ForbiddenError unless the viewer is a visitor
 * @throws InvalidInputError also for a page that the workspace does not list
 * @throws NotFoundError for a flow that the workspace does not have
 * @throws UnauthenticatedError when the visitor does not exist any more
 * @throws QuotaExceededError */
export async function resolveDialogue(
  context: RequestContext,
  raw: z.input<typeof resolveDialogueInput>,
): Promise<DialogueSession | NoDialogueCause> {
  const viewer = requireVisitor(context.viewer)
  const { pageUrl, flowId = null } = parseInput(resolveDialogueInput, raw)
  return untilWritten(async () => {
    const now = context.clock.now()
    const columns = resolutionFacts({ flowId, now })
    const { actor, row: facts } = await readActor<ResolutionFacts>(context, viewer, { columns })
    if (await applyLostBookings(context, facts)) return null
    const shown = await choose(context, { actor, facts, pageUrl, flowId })
    if (typeof shown === 'string') {
      await noteVisit(context.database, { actor, now })
      return shown
    }
    return show(context, { actor, facts, shown, pageUrl, now })
  })
}

/** On whatever page the visitor is now, and whatever became of the dialogue.
 * @returns whether there were any */
async function applyLostBookings(context: RequestContext, { booked }: ResolutionFacts): Promise<boolean> {
  for (const { id, isOver } of booked) {
    if (isOver) await endSession(context, id)
    else await applyLostBooking(context, id)
  }
  return booked.length > 0
}

async function choose(
  context: RequestContext,
  asked: { actor: Actor; facts: ResolutionFacts; pageUrl: string; flowId: string | null },
): Promise<Shown | NoDialogueCause> {
  const { actor, facts, pageUrl, flowId } = asked
  const page = requireListedPage(context, { url: pageUrl, ...facts })
  if (flowId !== null && !facts.isFlow) throw new NotFoundError('input.flowId')
  if (!facts.chatEnabled) return 'CHAT_DISABLED'
  const { workspaceId, speaker, person } = actor
  const published = await readPublished(context.database, { workspaceId, revision: facts.dialogueRevision })
  const given = { published, open: facts.open }
  if (flowId !== null) return chooseFlow(flowId, given) ?? 'FLOW_NOT_PUBLISHED'
  const chosen = chooseDialogue({
    ...given,
    completedIds: new Set(facts.completedIds),
    page,
    // What the visitor says comes first.
    read: (attribute) => speaker.read(attribute) ?? readValueOf(person, attribute),
  })
  return chosen ?? 'NONE_FITS'
}

/** @returns null: another tab was faster */
async function show(
  context: RequestContext,
  given: { actor: Actor; facts: ResolutionFacts; shown: Shown; pageUrl: string; now: Date },
): Promise<DialogueSession | null> {
  const { actor, facts, shown, pageUrl, now } = given
  if (shown.kind === 'CONTINUE') {
    const { id: sessionId, dialogueId } = shown.session
    return continueSession(context.database, { actor, sessionId, dialogueId, pageUrl, now })
  }
  const { published, session } = shown
  // A browser has one session of a dialogue at a time, and this one is over.
  const stale = facts.stale.filter(({ dialogueId }) => dialogueId === published.dialogueId)
  for (const { id } of stale) await endSession(context, id)
  const isMet = facts.metVersionIds.includes(published.versionId)
  const { trigger } = published.program.definition
  return showFromStart(context, {
    actor,
    published,
    session,
    isTriggered: trigger === null || isMet,
    // A trigger that was met before is not met again.
    countsTrigger: trigger === null,
    pageUrl,
    now,
  })
}
