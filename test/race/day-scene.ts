// The people of a working day: agents in different time zones with different hours, two teams, and visitors.
import { randomUUID } from 'node:crypto'
import { setLiveChatAvailability } from '../../src/services/chat/availability/set-live-chat-availability.ts'
import { saveTeam } from '../../src/services/teams/save-team.ts'
import { DAY } from '../kit/clock.ts'
import { type ChatScene, contextOf, leaseConsole, startChatScene } from './chat-scene.ts'
import type { Block } from './day-hours.ts'
import { type DayAgent, DayOracle } from './day-oracle.ts'

/** Size 1 is a day of 30 agents and some 1,300 requests, which takes a minute. */
export const SIZE = Number(process.env.CHAT_DAY_SIZE ?? 0.4)
const AGENTS = Math.round(30 * SIZE)
const VISITORS = Math.round(250 * SIZE)
const ZONES = [
  ...['Pacific/Auckland', 'Asia/Tokyo', 'Asia/Kolkata', 'Europe/Berlin', 'Europe/London'],
  ...['America/St_Johns', 'America/New_York', 'America/Los_Angeles'],
]
/** The oracle knows no chats that are offered on because their agent has gone. */
const SETTINGS = {
  offerTimeoutSeconds: 100,
  maxOffersPerRequest: 2,
  chatsPerAgent: 2,
  reofferAfterSeconds: 0,
}
/** Blocks in minutes of the day: with a break, without one, adjoining, and at night. */
const SHIFTS = [
  [
    [540, 720],
    [780, 1020],
  ],
  [[480, 1080]],
  [
    [480, 720],
    [720, 1020],
  ],
  [
    [0, 360],
    [1320, 1440],
  ],
]

export type Random = (below: number) => number

export interface DayScene {
  scene: ChatScene
  oracle: DayOracle
  teamIds: string[]
}

/** Creates the people, signed out, at the beginning of the day. */
export async function startDay(random: Random): Promise<DayScene> {
  const scene = await startChatScene({ agents: AGENTS, visitors: VISITORS, settings: SETTINGS })
  const from = Math.floor(scene.clock.now().getTime() / DAY) * DAY
  const settings = {
    offerTimeoutMs: SETTINGS.offerTimeoutSeconds * 1000,
    maxOffers: SETTINGS.maxOffersPerRequest,
    capacity: SETTINGS.chatsPerAgent,
  }
  const oracle = new DayOracle(settings, { from, until: from + 5 * DAY })
  oracle.now = scene.clock.now().getTime()
  const { database } = scene.nodes[0].services
  const where = { id: scene.workspaceId }
  await database.workspace.update({ where, data: { toggleResetsAtMidnight: true } })
  // The administrator has a place in the turns too, but is never signed in.
  oracle.join({ ...absentAgent(scene.admin.agentId), zone: 'UTC' })
  for (const [number, viewer] of scene.agents.entries()) {
    const agent = {
      ...absentAgent(viewer.agentId),
      zone: ZONES[number % ZONES.length]!,
      hasPush: number % 10 === 9,
    }
    oracle.join(agent)
    await leaseConsole(scene.nodes[0], viewer, scene.clock.now())
    oracle.edit(agent, await setHours(scene, agent, randomBlocks(random)))
    if (agent.hasPush) await registerBrowser(scene, agent.id)
  }
  return { scene, oracle, teamIds: [await team('One', [0, 1, 2]), await team('Other', [2, 1])] }

  async function team(name: string, remainders: number[]): Promise<string> {
    const agentIds = remainders.flatMap((remainder) =>
      scene.agents.filter((_one, number) => number % 4 === remainder).map(({ agentId }) => agentId),
    )
    const input = { name, agentIds, idempotencyKey: null }
    const id = await saveTeam(contextOf(scene.nodes[0], scene.admin), input, async (_tx, teamId) => teamId)
    oracle.pools.set(id, { order: agentIds, last: null })
    return id
  }
}

/** On five days of the week. */
export function randomBlocks(random: Random): Block[] {
  const shift = SHIFTS[random(SHIFTS.length)]!
  const later = random(5) * 15
  return [1, 2, 3, 4, 5].flatMap((weekday) =>
    shift.map(([start = 0, end = 0]) => ({
      weekday,
      start: start === 0 ? 0 : start + later,
      end: end === 1440 ? end : end + later,
    })),
  )
}

/** Sets the hours of an agent.
 * @returns the blocks */
export async function setHours(
  { nodes, admin }: ChatScene,
  { id, zone }: DayAgent,
  blocks: Block[],
): Promise<Block[]> {
  const timeOf = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  const weekly = blocks.map(({ weekday, start, end }) => ({
    weekday,
    start: timeOf(start),
    end: timeOf(end),
  }))
  await setLiveChatAvailability(contextOf(nodes[0], admin), { agentId: id, timeZone: zone, weekly })
  return blocks
}

const absentAgent = (id: string): DayAgent => ({
  id,
  zone: 'UTC',
  blocks: [],
  toggle: null,
  leaseUntil: 0,
  hasPush: false,
})

async function registerBrowser({ nodes, workspaceId, clock }: ChatScene, agentId: string): Promise<void> {
  const endpoint = `https://push.test/${randomUUID()}`
  const data = { workspaceId, agentId, endpoint, p256dh: '', auth: '', createdAt: clock.now() }
  await nodes[0].services.database.pushSubscription.create({ data })
}
