// Makes the workspace of the demo: an administrator, five agents on five continents who take meetings and chats,
// and a team. Done at the first start in demo mode only.
import type { Transaction } from '../../database/open.ts'
import { insertAgent } from '../agents/create-agent.ts'
import type { WeeklyBlock } from '../availability/rules.ts'
import type { Services } from '../context.ts'
import { ADMINISTRATOR_ROLE, AGENT_ROLE } from '../identity/roles.ts'
import { createWorkspace } from '../workspaces/create-workspace.ts'
import { whenNoWorkspace } from '../workspaces/first-workspace.ts'

const HOUR = 60
const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5]

const AGENTS = [
  { name: 'Lena Fischer', timeZone: 'Europe/Berlin' },
  { name: 'Marcus Reed', timeZone: 'America/New_York' },
  { name: 'Priya Nair', timeZone: 'Asia/Kolkata' },
  { name: 'Jack Wilson', timeZone: 'Australia/Sydney' },
  { name: 'Beatriz Souza', timeZone: 'America/Sao_Paulo' },
]
const TEAM = { name: 'Americas', members: ['Marcus Reed', 'Beatriz Souza'] }

/** @returns false when there is a workspace already, which is left as it is */
export async function seedDemo({ database, clock }: Pick<Services, 'database' | 'clock'>): Promise<boolean> {
  const now = clock.now()
  return whenNoWorkspace(database, async (tx) => {
    const { workspace, roleIds } = await createWorkspace(tx, {
      name: 'Acme',
      timeZone: 'Europe/Berlin',
      allowedOrigins: [],
      now,
    })
    const addStaff = (name: string, role: string) =>
      insertAgent(tx, {
        workspaceId: workspace.id,
        name,
        email: emailOf(name),
        pictureUrl: null,
        roleIds: [roleIds.get(role) ?? ''],
        now,
      })
    await addStaff('Olivia Martin', ADMINISTRATOR_ROLE.name)
    const agentIds = new Map<string, string>()
    for (const [index, { name, timeZone }] of AGENTS.entries()) {
      const agentId = await addStaff(name, AGENT_ROLE.name)
      const agent = { workspaceId: workspace.id, agentId, email: emailOf(name) }
      await setHours(tx, { agentId, timeZone })
      await connectCalendar(tx, { ...agent, position: index + 1, now })
      agentIds.set(name, agentId)
    }
    await addTeam(tx, { workspaceId: workspace.id, agentIds })
  })
}

async function setHours(
  tx: Transaction,
  { agentId, timeZone }: { agentId: string; timeZone: string },
): Promise<void> {
  const weekly: WeeklyBlock[] = MONDAY_TO_FRIDAY.map((weekday) => ({
    weekday,
    start: 9 * HOUR,
    end: 17 * HOUR,
  }))
  const hours = { where: { agentId }, data: { timeZone, weekly: weekly.map((block) => ({ ...block })) } }
  await tx.meetingAvailability.update(hours)
  await tx.liveChatAvailability.update(hours)
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
      status: 'CONNECTED',
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
  await tx.team.create({
    data: {
      workspaceId,
      name: TEAM.name,
      members: { create: members },
      pools: { create: { kind: 'MEETING' } },
    },
  })
}

function emailOf(name: string): string {
  return `${name.toLowerCase().replace(' ', '.')}@acme.example`
}
