// Creates the workspace of the demo: an administrator, five agents on five continents who take meetings, and a team.
// This happens at the first start in demo mode only. All six take chats at any hour, so that the demo works whenever it
// is tried.
import type { Transaction } from '../../database/open.ts'
import { insertAgent } from '../agents/create-agent.ts'
import type { Services } from '../context.ts'
import { ADMINISTRATOR_ROLE, AGENT_ROLE } from '../identity/roles.ts'
import { createBookable, updateBookable } from '../routing/bookables.ts'
import { createWorkspace } from '../workspaces/create-workspace.ts'
import { unlessWorkspaceExists } from '../workspaces/first-workspace.ts'

const TIME_ZONE = 'Europe/Berlin'
/** Known beforehand, so that the examples of the README run as they are. */
const PUBLIC_KEY = 'pk_demo'
/** An agent is then offered chats whenever a console is open. */
const ALWAYS = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 24 * 60 }))

const AGENTS = [
  { name: 'Lena Fischer', timeZone: 'Europe/Berlin' },
  { name: 'Marcus Reed', timeZone: 'America/New_York' },
  { name: 'Priya Nair', timeZone: 'Asia/Kolkata' },
  { name: 'Jack Wilson', timeZone: 'Australia/Sydney' },
  { name: 'Beatriz Souza', timeZone: 'America/Sao_Paulo' },
]
const TEAM = { name: 'Americas', members: ['Marcus Reed', 'Beatriz Souza'] }

/** @returns false when a workspace exists; then nothing changes */
export async function seedDemo({ database, clock }: Pick<Services, 'database' | 'clock'>): Promise<boolean> {
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
