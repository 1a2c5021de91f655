// Turns the bearer token of a request into its viewer. Every invalid token gets the same error, so that the caller does
// not learn which part of it was wrong. Only whoever holds a link that we signed is told that it is no longer good.
import type { Database } from '../../database/open.ts'
import { UnauthenticatedError, UnavailableError } from '../../errors.ts'
import type { Clock } from '../context.ts'
import type { Signer } from '../ports/signer.ts'
import { findAccountAgent } from './account-agents.ts'
import { readAgentViewer } from './agent-viewer.ts'
import { DEMO_TOKEN_PREFIX, readDemoToken } from './demo-token.ts'
import { expiryOfLink, MEETING_LINK_PREFIX, readMeetingLink } from './meeting-link.ts'
import { InvalidTokenError, type OidcVerifier } from './oidc-verifier.ts'
import { OidcProviderUnreachableError } from './published-keys.ts'
import { hashToken } from './signer.ts'
import { ANONYMOUS, type MeetingLinkViewer, type Viewer } from './viewer.ts'

export const VISITOR_TOKEN_PREFIX = 'sbv_'
const MAX_TOKEN_LENGTH = 8192

export interface Authenticator {
  database: Database
  clock: Clock
  signer: Signer
  /** null: demo mode, in which the demo's tokens are accepted instead. */
  oidc: OidcVerifier | null
}

/** The viewer, and the expiry of the token; null: it does not expire. */
export interface Session {
  viewer: Viewer
  expiresAt: Date | null
}

/** What a caller says about itself: in the headers of a request, or in the parameters of a socket. */
export interface Credentials {
  /** Null for none. */
  authorization: string | null
  /** UUID of the workspace in which an account of the provider acts; null: the only one it belongs to. Any other token
   * belongs to one workspace, whatever stands here. */
  workspaceId: string | null
}

/** @throws UnauthenticatedError when the authorization is not a valid bearer token
 * @throws WorkspaceRequiredError when the account of the provider must choose one of its workspaces
 * @throws UnavailableError when the identity provider cannot be reached */
export async function authenticate(
  authenticator: Authenticator,
  { authorization, workspaceId }: Credentials,
): Promise<Session> {
  if (authorization === null) return { viewer: ANONYMOUS, expiresAt: null }
  const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1]
  const isReadable = token !== undefined && token.length <= MAX_TOKEN_LENGTH
  const session = isReadable ? await sessionOf(authenticator, { token, workspaceId }) : null
  if (session === null) {
    throw new UnauthenticatedError('The bearer token is invalid or has expired.')
  }
  return session
}

async function sessionOf(
  authenticator: Authenticator,
  { token, workspaceId }: { token: string; workspaceId: string | null },
): Promise<Session | null> {
  if (token.startsWith(VISITOR_TOKEN_PREFIX)) return visitorSession(authenticator, token)
  if (token.startsWith(MEETING_LINK_PREFIX)) return requireLinkSession(authenticator, token)
  const { oidc } = authenticator
  if (oidc !== null) return oidcSession({ ...authenticator, oidc }, { token, workspaceId })
  if (!token.startsWith(DEMO_TOKEN_PREFIX)) return null
  const agentId = readDemoToken(authenticator.signer, token)
  return agentId === null ? null : agentSession(authenticator.database, { agentId, expiresAt: null })
}

async function visitorSession({ database, clock }: Authenticator, token: string): Promise<Session | null> {
  const visitor = await database.visitor.findUnique({
    where: { tokenHash: Uint8Array.from(hashToken(token)) },
  })
  if (visitor === null || visitor.expiresAt <= clock.now()) return null
  const { id: visitorId, workspaceId, personId, verified, expiresAt } = visitor
  return { viewer: { kind: 'VISITOR', workspaceId, visitorId, personId, verified }, expiresAt }
}

async function agentSession(
  database: Database,
  { agentId, expiresAt }: { agentId: string; expiresAt: Date | null },
): Promise<Session | null> {
  const viewer = await readAgentViewer(database, agentId)
  return viewer && { viewer, expiresAt }
}

/** @returns null when the link is forged
 * @throws UnauthenticatedError when it was good before */
async function requireLinkSession(authenticator: Authenticator, token: string): Promise<Session | null> {
  const session = await meetingLinkSession(authenticator, token)
  if (session !== null || readMeetingLink(authenticator.signer, token) === null) return session
  throw new UnauthenticatedError('The link of the meeting has expired.', 'LINK_EXPIRED')
}

/** @returns null when the link is forged or has expired, its invitation has moved to another address, or its meeting does
 *   not exist */
export async function meetingLinkSession(
  { database, clock, signer }: Pick<Authenticator, 'database' | 'clock' | 'signer'>,
  token: string,
): Promise<{ viewer: MeetingLinkViewer; expiresAt: Date } | null> {
  const link = readMeetingLink(signer, token)
  if (link === null) return null
  const meeting = await database.meeting.findUnique({
    where: { id: link.meetingId },
    include: {
      person: { select: { email: true } },
      invitations: { where: { recipient: 'VISITOR' }, orderBy: { id: 'desc' } },
    },
  })
  const expiresAt = meeting && expiryOfLink(link, meeting)
  if (meeting === null || expiresAt === null || expiresAt <= clock.now()) return null
  const { id: meetingId, workspaceId, personId } = meeting
  return { viewer: { kind: 'MEETING_LINK', workspaceId, meetingId, personId }, expiresAt }
}

/** Finds the agent of the account that the token names, in the workspace that the caller chose. */
async function oidcSession(
  { database, oidc }: Authenticator & { oidc: OidcVerifier },
  { token, workspaceId }: { token: string; workspaceId: string | null },
): Promise<Session | null> {
  const verified = await oidc.verify(token).catch((error: unknown) => {
    if (error instanceof InvalidTokenError) return null
    if (error instanceof OidcProviderUnreachableError) {
      throw new UnavailableError('The bearer token cannot be verified at present. Please retry.')
    }
    throw error
  })
  const agentId = verified && (await findAccountAgent(database, { account: verified, workspaceId }))
  if (verified === null || agentId === null) return null
  return agentSession(database, { agentId, expiresAt: verified.expiresAt })
}
