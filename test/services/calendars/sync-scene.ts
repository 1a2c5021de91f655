// Three agents with calendars at one provider, the meetings that are booked with them, and what is known of both: for
// random changes on both sides (sync-operations.ts) and for looking whether the sides agree (sync-truth.ts).
import { encodeGlobalID } from '@pothos/plugin-relay'
import { createTestWorkspace, type Staff } from '../../kit/actors.ts'
import { START } from '../../kit/app.ts'
import { calendarOf, countOf, emulatorOf } from '../../kit/calendar-looks.ts'
import {
  type CalendarApp,
  connectAccount,
  createConnectedAgent,
  type Provider,
  runDueCalendarWork,
  startCalendarServer,
} from '../../kit/calendars.ts'
import { MINUTE } from '../../kit/clock.ts'
import { lotsOf, randomFrom } from '../../kit/random.ts'
import { type CalendarOwner, ownerOf } from './calendar-owner.ts'

const AGENTS = ['Ada Lovelace', 'Beth Moore', 'Cleo Wang']
/** Of the second agent. */
const BUFFER_MINUTES = 15
const MOST_ROUNDS = 8

export interface SyncAgent extends Staff {
  owner: CalendarOwner
  bufferMinutes: number
}

export interface Booked {
  /** UUID. */
  id: string
  /** As clients have it. */
  globalId: string
  visitor: string
  /** For how many events the visitor may have been invited. */
  mostInvitations: number
}

export interface SyncScene {
  app: CalendarApp
  provider: Provider
  agents: SyncAgent[]
  booked: Booked[]
  random: (below: number) => number
  /** What was done, for who looks for the cause of a fault. */
  story: string[]
  /** The name of what happens next. */
  draw(): string
  /** Called with what happened. */
  note(what: string): void
}

export async function startSyncScene(
  provider: Provider,
  { seed, lots, note }: { seed: number; lots: readonly string[]; note(what: string): void },
): Promise<SyncScene> {
  const app = await startCalendarServer()
  const random = randomFrom(seed)
  return { app, provider, agents: [], booked: [], random, story: [], draw: lotsOf(lots, random), note }
}

/** Begins anew, with other people. */
export async function enterNewPeople(scene: SyncScene): Promise<void> {
  const { app, provider } = scene
  app.clock.set(START)
  app.workspace = await createTestWorkspace(app)
  Object.assign(scene, { agents: [], booked: [], story: [] })
  for (const [number, name] of AGENTS.entries()) {
    const { agent, account } = await createConnectedAgent(app, provider, name)
    const bufferMinutes = number === 1 ? BUFFER_MINUTES : 0
    const where = { agentId: agent.agentId }
    await app.app.services.database.meetingAvailability.update({ where, data: { bufferMinutes } })
    scene.agents.push({ ...agent, owner: ownerOf(provider, account), bufferMinutes })
  }
}

export const one = <Item>({ random }: SyncScene, items: readonly Item[]): Item | undefined =>
  items[random(items.length)]

export const outside = ({ app, provider }: SyncScene) => emulatorOf(app, provider)

/** What was written into the calendars so far. */
export const writesOf = ({ app, provider }: SyncScene): number => countOf(app, { provider, route: 'writes' })

export const noteBooked = (scene: SyncScene, booked: { globalId: string; visitor: string }): void => {
  const id = Buffer.from(booked.globalId, 'base64').toString().replace('Meeting:', '')
  scene.booked.push({ ...booked, id, mostInvitations: 1 })
}

export const agentGlobalId = (agentId: string) => encodeGlobalID('Agent', agentId)

/** What the application does by itself, after some time. */
export async function pass(scene: SyncScene, milliseconds: number): Promise<void> {
  scene.app.clock.advance(milliseconds)
  await runDueCalendarWork(scene.app)
  await outside(scene).push.settled()
}

/** Connects whoever has to connect again.
 * @returns whether somebody had to */
async function reconnect(scene: SyncScene): Promise<boolean> {
  let any = false
  for (const agent of scene.agents) {
    if ((await calendarOf(scene.app, agent))?.state === 'CONNECTED') continue
    any = true
    const { app, provider } = scene
    await connectAccount(app, { provider, agent, account: agent.owner.email })
  }
  return any
}

export async function tryToReconnect(scene: SyncScene, agent: SyncAgent): Promise<void> {
  const { app, provider } = scene
  await connectAccount(app, { provider, agent, account: agent.owner.email })
}

/** Nothing goes wrong any more, and there is time enough for all that waits. */
export async function calmDown(scene: SyncScene): Promise<void> {
  outside(scene).resetBehaviour()
  await outside(scene).push.settled()
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    await pass(scene, 16 * MINUTE)
    const isReconnected = await reconnect(scene)
    const waiting = await scene.app.app.services.database.calendarEntry.count({
      where: { NOT: { dueAt: null } },
    })
    if (round >= 2 && !isReconnected && waiting === 0) return
  }
  throw new Error('It does not become calm.')
}
