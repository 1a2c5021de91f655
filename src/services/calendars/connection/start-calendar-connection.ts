// Starts to connect a calendar: returns the page of the provider on which the agent grants access, and what binds the
// attempt to the agent's browser.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { CalendarProvider } from '../../../database/generated/client/enums.ts'
import { CalendarConnectionError, ConflictError, InvalidInputError, NotFoundError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { createSecretToken } from '../../identity/signer.ts'
import { requireOwnOrManaged } from '../../identity/viewer.ts'
import { parseInput, webUrl } from '../../input.ts'
import { callbackUrlOf } from '../provider/server-addresses.ts'
import { AUTHORIZATION_MS, type BrowserBinding, createBinding, stateHashOf } from './attempt.ts'

const startCalendarConnectionInput = z.object({
  agentId: z.string().nullable(),
  provider: z.enum(CalendarProvider),
  returnUrl: webUrl.nullish(),
})

/** @param raw.agentId null: the viewer
 * @param raw.returnUrl the link on the page that the agent comes back to
 * @returns the URL of the provider's page, valid for ten minutes and one attempt, in the browser that keeps the binding
 * @throws ForbiddenError without CONNECT_CALENDAR, for a colleague without MANAGE_AGENTS
 * @throws InvalidInputError, NotFoundError
 * @throws ConflictError when another calendar is connected
 * @throws CalendarConnectionError when this installation is not registered with the provider */
export async function startCalendarConnection(
  context: RequestContext,
  raw: z.input<typeof startCalendarConnectionInput>,
): Promise<{ authorizationUrl: string; binding: BrowserBinding }> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: raw.agentId,
    permission: 'CONNECT_CALENDAR',
  })
  const { provider, returnUrl } = parseInput(startCalendarConnectionInput, raw)
  const { workspaceId } = viewer
  const { database, clock, secrets, settings } = context
  if (provider === 'BUILT_IN')
    throw new ConflictError('BUILT_IN_CALENDAR', 'Use connectBuiltInCalendar for the built-in calendar.')
  const { connector, slug } = context.calendars[provider]
  if (connector === null || slug === null) {
    const message = `${provider} is not set up for this installation.`
    throw new CalendarConnectionError(message, { state: 'DISCONNECTED', retryable: false })
  }
  const agent = await database.agent.findFirst({
    where: { id: agentId, workspaceId, removedAt: null },
    include: { calendar: true },
  })
  if (agent === null) throw new NotFoundError('input.agentId')
  const { calendar } = agent
  if (calendar && calendar.state !== 'DISCONNECTED' && calendar.provider !== provider) {
    throw new ConflictError('CALENDAR_CONNECTED', 'Another calendar is connected. Disconnect it first.')
  }
  await requireOwnPage(context, { workspaceId, returnUrl })
  const state = createSecretToken('')
  const { binding, browserHash } = createBinding(state)
  const verifier = randomBytes(32).toString('base64url')
  await database.calendarAuthorization.create({
    data: {
      stateHash: stateHashOf(state),
      browserHash,
      workspaceId,
      agentId,
      provider,
      verifier: secrets.seal(verifier, agentId),
      returnUrl: returnUrl ?? null,
      expiresAt: new Date(clock.now().getTime() + AUTHORIZATION_MS),
    },
  })
  const accountHint = calendar?.provider === provider ? calendar.accountEmail : null
  const callbackUrl = callbackUrlOf(settings, slug)
  const authorizationUrl = connector.begin({ state, verifier, callbackUrl, accountHint })
  return { authorizationUrl, binding }
}

/** Our page links there, so the address must belong to us or to the workspace.
 * @throws InvalidInputError */
async function requireOwnPage(
  { database, settings }: RequestContext,
  { workspaceId, returnUrl }: { workspaceId: string; returnUrl: string | null | undefined },
): Promise<void> {
  if (!returnUrl) return
  const { allowedOrigins } = await database.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const { origin } = new URL(returnUrl)
  if ([new URL(settings.publicUrl).origin, ...allowedOrigins].includes(origin)) return
  throw new InvalidInputError([
    {
      path: ['input', 'returnUrl'],
      code: 'NOT_ALLOWED',
      message: "Must be a page of this server, or of an origin in the workspace's allowedOrigins.",
    },
  ])
}
