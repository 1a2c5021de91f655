// A company behind a proxy, on nodes that are set up as in production, with one agent who can be booked and takes chats.
import { randomBytes } from 'node:crypto'
import type { OidcProvider } from '../oidc-provider.ts'
import { mutateTo } from './client.ts'

const ADMIN_EMAIL = 'olivia@acme.test'
const AGENT_EMAIL = 'ada@acme.test'
export const AUDIENCE = 'https://switchboard.test/graphql'
/** Of the staff. */
const OFFICE = '192.0.2.1'

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']
const AROUND_THE_CLOCK = {
  timeZone: 'UTC',
  weekly: WEEKDAYS.map((weekday) => ({ weekday, start: '00:00', end: '24:00' })),
}

export interface Site {
  /** The addresses of the nodes. */
  nodes: string[]
  publicKey: string
  agent: { id: string; token: string; address: string }
}

/** What differs from the defaults: the limits are the documented ones. */
export function siteEnvironment({ issuer }: Pick<OidcProvider, 'issuer'>): Record<string, string> {
  return {
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: AUDIENCE,
    ADMIN_EMAIL,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    PUBLIC_URL: 'http://switchboard.test',
    TRUSTED_PROXIES: '127.0.0.1',
    ...{ BUDGETS: '', MAX_HOLDS_PER_ADDRESS: '', MAX_HOLDS_PER_AGENT_DAY: '' },
  }
}

/** @param nodes their addresses; they have started with `siteEnvironment` */
export async function furnishSite(nodes: string[], provider: OidcProvider): Promise<Site> {
  const [url = ''] = nodes
  const signIn = (email: string) => provider.signIn({ subject: email, email, emailVerified: true })
  const admin = { address: OFFICE, token: await signIn(ADMIN_EMAIL) }
  const create = { mutation: 'createAgent', input: { name: 'Ada Lovelace', email: AGENT_EMAIL } }
  const { id } = await mutateTo<{ id: string }>('Agent', url, {
    ...create,
    ...admin,
    select: '... on Agent { id }',
  })
  const agent = { id, address: OFFICE, token: await signIn(AGENT_EMAIL) }
  const forMeetings = { durationMinutes: 30, minimumNoticeMinutes: 0 }
  const steps: [string, string, object][] = [
    ['setMeetingAvailability', 'MeetingAvailability', { ...AROUND_THE_CLOCK, ...forMeetings }],
    ['setLiveChatAvailability', 'LiveChatAvailability', AROUND_THE_CLOCK],
    ['connectBuiltInCalendar', 'Calendar', {}],
  ]
  for (const [mutation, kind, input] of steps) {
    await mutateTo(kind, url, { mutation, input: { agentId: id, ...input }, ...admin })
  }
  const { publicKey } = await mutateTo<{ publicKey: string }>('Workspace', url, {
    ...{ mutation: 'updateWorkspace', input: { name: 'Acme' }, select: '... on Workspace { publicKey }' },
    ...admin,
  })
  return { nodes, agent, publicKey }
}

/** SQL, after which nothing is left of an attack that hinders anybody: budgets, holds and seats. */
export const FORGET_ATTACK = `
  DELETE FROM "Budget";
  DELETE FROM "Reservation" WHERE "meetingId" IS NULL;
  UPDATE "Conversation" SET "state" = 'MISSED', "endedAt" = now() WHERE "state" IN ('REQUESTED', 'OFFERED');
  UPDATE "ChatOffer" SET "state" = 'EXPIRED', "seat" = NULL, "settledAt" = now() WHERE "state" = 'PENDING'`

export const nodeOf = ({ nodes }: Pick<Site, 'nodes'>, number: number): string =>
  nodes[number % nodes.length] ?? ''
