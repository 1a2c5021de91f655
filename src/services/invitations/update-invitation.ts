// Changes an agent's invitation, the texts that visitors get when they book a meeting.
import { z } from 'zod'
import { lockAgentRow } from '../../database/locks.ts'
import { type InputIssue, InvalidInputError, NotFoundError } from '../../errors.ts'
import type { Attribute } from '../attributes/attribute.ts'
import { saveUses } from '../attributes/uses.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requireOwnOrManaged } from '../identity/viewer.ts'
import { parseInput } from '../input.ts'
import { runTransaction } from '../transaction.ts'
import { type Invitation, toInvitation } from './invitation.ts'
import { invitationTexts } from './invitation-input.ts'
import { attributesInTexts, findTokenFaults, readTokenAttributes } from './known-tokens.ts'

const updateInvitationInput = invitationTexts.extend({
  agentId: z.string().nullish(),
  includeConferenceLink: z.boolean().nullish(),
})

/** Omitted fields keep their values. Meetings that are already booked keep their texts.
 * @param raw.agentId the viewer when omitted
 * @param raw.subject null restores the default; so it is for `body`
 * @returns the invitation afterwards
 * @throws ForbiddenError without CONNECT_CALENDAR, for a colleague without MANAGE_AGENTS
 * @throws InvalidInputError, which names every token that is unknown
 * @throws NotFoundError for an agent the workspace does not have */
export async function updateInvitation(
  context: RequestContext,
  raw: z.input<typeof updateInvitationInput>,
): Promise<Invitation & { agentId: string }> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: raw.agentId ?? null,
    permission: 'CONNECT_CALENDAR',
  })
  const { subject, body, includeConferenceLink } = parseInput(updateInvitationInput, raw)
  const { workspaceId } = viewer
  return runTransaction(context, async (tx) => {
    const agent = await lockAgentRow(tx, { agentId, workspaceId })
    if (agent === null) throw new NotFoundError('input.agentId')
    const texts = { subject, body, includeConferenceLink: includeConferenceLink ?? undefined }
    const saved = await tx.invitationTemplate.upsert({
      where: { agentId },
      create: { agentId, workspaceId, ...texts },
      // With an empty update Prisma would read first and then insert, which is not atomic (docs/gotchas.md).
      update: { agentId, ...texts },
    })
    const all = [saved.subject ?? '', saved.body ?? '']
    const attributes = await readTokenAttributes(tx, { workspaceId, texts: all })
    requireKnownTokens({ subject, body }, attributes)
    const attributeIds = attributesInTexts(all, attributes).map(({ id }) => id)
    await saveUses(tx, { workspaceId, agentId, attributeIds })
    await appendEvents(tx, {
      workspaceId,
      at: context.clock.now(),
      events: [newEvent.agentChanged({ agentId })],
    })
    return { agentId, ...toInvitation(saved) }
  })
}

/** @throws InvalidInputError with an issue for every unknown or malformed token */
function requireKnownTokens(texts: Record<string, string | null | undefined>, attributes: Attribute[]): void {
  const issues: InputIssue[] = []
  for (const [field, text] of Object.entries(texts)) {
    const { unknown, malformed } = findTokenFaults(text ?? '', attributes)
    const path = ['input', field]
    for (const token of unknown) {
      issues.push({ path, code: 'UNKNOWN', message: `The token ${token} is unknown.` })
    }
    for (const braces of malformed) {
      issues.push({
        path,
        code: 'INVALID_FORMAT',
        message: `${braces} is not a token. An example of a token is {{lead.firstName:"there"}}.`,
      })
    }
  }
  if (issues.length > 0) throw new InvalidInputError(issues)
}
