// Changes the settings of the workspace.
import { z } from 'zod'
import type { Workspace } from '../../database/generated/client/client.ts'
import type { RequestContext } from '../context.ts'
import { appendEvents } from '../events/append-events.ts'
import { requirePermission } from '../identity/viewer.ts'
import { line, parseInput, text, timeZone } from '../input.ts'
import { runTransaction } from '../transaction.ts'

const MAX_NAME_LENGTH = 100
const MAX_MESSAGE_LENGTH = 1000
const MAX_ORIGINS = 50

/** Scheme, host and port, as a browser sends it in the Origin header. A star matches nothing there. */
const origin = z.string().transform((value, check) => {
  if (/^https?:\/\/[^/?#\\@*\s]+$/i.test(value) && URL.canParse(value)) return new URL(value).origin
  check.addIssue({
    code: 'custom',
    message: 'Must be an origin without a path, for example https://www.example.com.',
  })
  return z.NEVER
})

const updateWorkspaceInput = z.object({
  name: line(MAX_NAME_LENGTH).nullish(),
  timeZone: timeZone.nullish(),
  allowedOrigins: z.array(origin).max(MAX_ORIGINS, `Must be at most ${MAX_ORIGINS} origins.`).nullish(),
  meetingSettings: z
    .object({
      slotOffer: z.enum(['ANY_AGENT', 'NEXT_AGENT']).nullish(),
      fallback: z
        .object({
          message: text(MAX_MESSAGE_LENGTH).min(1, 'Must not be empty.').nullish(),
          offerMeeting: z.boolean().nullish(),
        })
        .nullish(),
    })
    .nullish(),
})

/** What is left out or null keeps its value.
 * @returns the workspace afterwards
 * @throws ForbiddenError without MANAGE_CONFIGURATION
 * @throws InvalidInputError */
export async function updateWorkspace(
  context: RequestContext,
  raw: z.input<typeof updateWorkspaceInput>,
): Promise<Workspace> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_CONFIGURATION')
  const { name, timeZone, allowedOrigins, meetingSettings } = parseInput(updateWorkspaceInput, raw)
  return runTransaction(context, async (tx) => {
    const workspace = await tx.workspace.update({
      where: { id: workspaceId },
      data: {
        name: name ?? undefined,
        timeZone: timeZone ?? undefined,
        allowedOrigins: allowedOrigins ? [...new Set(allowedOrigins)] : undefined,
        slotOffer: meetingSettings?.slotOffer ?? undefined,
        fallbackMessage: meetingSettings?.fallback?.message ?? undefined,
        fallbackOfferMeeting: meetingSettings?.fallback?.offerMeeting ?? undefined,
      },
    })
    const event = { type: 'SettingsChanged' as const, payload: {} }
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events: [event] })
    return workspace
  })
}
