// Creates the workspace of the demo: an administrator, five agents on five continents who take meetings, and a team.
// This happens at the first start in demo mode only. All six take chats at any hour, so that the demo works whenever it
// is tried.
import type { Transaction } from '../../database/open.ts'
import { insertAgent } from '../agents/create-agent.ts'
import type { WeeklyBlock } from '../availability/rules.ts'
import type { Services } from '../context.ts'
import { ADMINISTRATOR_ROLE, AGENT_ROLE } from '../identity/roles.ts'
import { createWorkspace } from '../workspaces/create-workspace.ts'
import { unlessWorkspaceExists } from '../workspaces/first-workspace.ts'

const HOUR = 60
const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5]
const EVERY_DAY = [...MONDAY_TO_FRIDAY, 6, 7]
const TIME_ZONE = 'Europe/Berlin'

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
    const administratorId = await addStaff('Olivia Martin', ADMINISTRATOR_ROLE.name)
    await openForChats(tx, { agentId: administratorId, timeZone: TIME_ZONE })
    const agentIds = new Map<string, string>()
    for (const [index, { name, timeZone }] of AGENTS.entries()) {
      const agentId = await addStaff(name, AGENT_ROLE.name)
      const agent = { workspaceId: workspace.id, agentId, email: emailOf(name) }
      await setHours(tx, { agentId, timeZone })
      await openForChats(tx, { agentId, timeZone })
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
  await tx.meetingAvailability.update({
    where: { agentId },
    data: { timeZone, weekly: weekly.map((block) => ({ ...block })) },
  })
}

/** Opens live chat around the clock, so that the agent only needs an open console to be offered chats. */
async function openForChats(
  tx: Transaction,
  { agentId, timeZone }: { agentId: string; timeZone: string },
): Promise<void> {
  const weekly = EVERY_DAY.map((weekday) => ({ weekday, start: 0, end: 24 * HOUR }))
  await tx.liveChatAvailability.update({ where: { agentId }, data: { timeZone, weekly } })
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
  await tx.team.create({
    data: {
      workspaceId,
      name: TEAM.name,
      members: { create: members },
      pools: { create: [{ kind: 'MEETING' }, { kind: 'LIVE_CHAT' }] },
    },
  })
}

function emailOf(name: string): string {
  return `${name.toLowerCase().replace(' ', '.')}@acme.example`
}
