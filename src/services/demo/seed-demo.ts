// Creates the workspace of the demo: an administrator, five agents on five continents who take meetings, a team, and the
// guests who book and chat in `seedActivity`.
// This happens at the first start in demo mode only. All six take chats at any hour, so that the demo works whenever it
// is tried.
import { Prisma } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { insertAgent } from '../agents/create-agent.ts'
import type { Services } from '../context.ts'
import { VISITOR_TOKEN_PREFIX } from '../identity/authenticate.ts'
import { ADMINISTRATOR_ROLE, AGENT_ROLE } from '../identity/roles.ts'
import { createSecretToken, hashToken } from '../identity/signer.ts'
import { addClaim } from '../people/claim.ts'
import { givenFields } from '../people/save-person.ts'
import { VISIT_LASTS_MS } from '../people/start-visit.ts'
import { createBookable, updateBookable } from '../routing/bookables.ts'
import { DAY } from '../time.ts'
import { createWorkspace } from '../workspaces/create-workspace.ts'
import { unlessWorkspaceExists } from '../workspaces/first-workspace.ts'
import type { Guest } from './activity.ts'

const TIME_ZONE = 'Europe/Berlin'
/** Known beforehand, so that the examples of the README run as they are. */
export const PUBLIC_KEY = 'pk_demo'
/** An agent is then offered chats whenever a console is open. */
const ALWAYS = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 24 * 60 }))

const AGENTS = [
  { name: 'Lena Fischer', timeZone: 'Europe/Berlin' },
  { name: 'Marcus Reed', timeZone: 'America/New_York' },
  { name: 'Priya Nair', timeZone: 'Asia/Kolkata' },
  { name: 'Jack Wilson', timeZone: 'Australia/Sydney' },
  { name: 'Beatriz Souza', timeZone: 'America/Sao_Paulo' },
]
/** Before the first meeting was booked. */
const VISITED_BEFORE_MS = 9 * DAY
export const TEAM = { name: 'Americas', members: ['Marcus Reed', 'Beatriz Souza'] }

/** @param options.guests who `seedActivity` is for; left out: nobody
 * @returns false when a workspace exists; then nothing changes */
export async function seedDemo(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { guests = [] }: { guests?: Guest[] } = {},
): Promise<boolean> {
  const now = clock.now()
  return unlessWorkspaceExists(database, async (tx) => {
    const { workspace, roleIds } = await createWorkspace(tx, {
      name: 'Acme',
      timeZone: TIME_ZONE,
      allowedOrigins: [],
      publicKey: PUBLIC_KEY,
      now,
    })
    const addStaff = (name: string, staff: { role: string; timeZone: string }) =>
      insertAgent(tx, {
        workspaceId: workspace.id,
        name,
        email: emailOf(name),
        pictureUrl: null,
        roleIds: [roleIds.get(staff.role) ?? ''],
        timeZone: staff.timeZone,
        chatHours: ALWAYS,
        now,
      })
    await addStaff('Olivia Martin', { role: ADMINISTRATOR_ROLE.name, timeZone: TIME_ZONE })
    const agentIds = new Map<string, string>()
    for (const [index, { name, timeZone }] of AGENTS.entries()) {
      const agentId = await addStaff(name, { role: AGENT_ROLE.name, timeZone })
      const agent = { workspaceId: workspace.id, agentId, email: emailOf(name) }
      await updateBookable(tx, { workspaceId: workspace.id, agentId, publiclyBookable: true })
      await connectCalendar(tx, { ...agent, position: index + 1, now })
      agentIds.set(name, agentId)
    }
    await addTeam(tx, { workspaceId: workspace.id, agentIds })
    for (const guest of guests) await addGuest(tx, { workspaceId: workspace.id, guest, now })
  })
}

/** Like `startVisit`, some days ago, with a token that nobody has. */
async function addGuest(
  tx: Transaction,
  { workspaceId, guest, now }: { workspaceId: string; guest: Guest; now: Date },
): Promise<void> {
  const { person, pageUrl } = guest
  const createdAt = new Date(now.getTime() - VISITED_BEFORE_MS)
  const { id: personId } = await tx.person.create({
    data: { workspaceId, email: person.email, ...givenFields(person), createdAt },
  })
  await tx.visitor.create({
    data: {
      workspaceId,
      personId,
      tokenHash: Uint8Array.from(hashToken(createSecretToken(VISITOR_TOKEN_PREFIX))),
      pageUrl,
      claimed: addClaim(null, person) ?? Prisma.DbNull,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + VISIT_LASTS_MS),
    },
  })
}

async function connectCalendar(
  tx: Transaction,
  agent: { workspaceId: string; agentId: string; email: string; position: number; now: Date },
): Promise<void> {
  const { workspaceId, agentId, position, now } = agent
  await tx.calendarConnection.create({
    data: {
      workspaceId,
      agentId,
      provider: 'BUILT_IN',
      accountEmail: agent.email,
      state: 'CONNECTED',
      connectedAt: now,
    },
  })
  await tx.routingPlace.create({ data: { workspaceId, agentId, kind: 'MEETING', position } })
}

async function addTeam(
  tx: Transaction,
  { workspaceId, agentIds }: { workspaceId: string; agentIds: Map<string, string> },
): Promise<void> {
  const members = TEAM.members.map((name, index) => ({
    agentId: agentIds.get(name) ?? '',
    position: index + 1,
  }))
  const { id: teamId } = await tx.team.create({
    data: {
      workspaceId,
      name: TEAM.name,
      members: { create: members },
      pools: { create: [{ kind: 'MEETING' }, { kind: 'LIVE_CHAT' }] },
    },
  })
  await createBookable(tx, { workspaceId, teamId, name: TEAM.name, publiclyBookable: true })
}

function emailOf(name: string): string {
  return `${name.toLowerCase().replace(' ', '.')}@acme.example`
}
