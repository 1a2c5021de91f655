// What may happen between an agent's calendar and this program, at random: what the agent does there, what visitors and
// staff do here, and what goes wrong in between.
import { book, mutateMeeting, type Result, slots, startsOf } from '../../kit/booking.ts'
import { ROUTES } from '../../kit/calendar-looks.ts'
import { DAY, MINUTE } from '../../kit/clock.ts'
import { EVENT_KINDS, type Shown, type Time } from './calendar-owner.ts'
import {
  type Booked,
  noteBooked,
  one,
  outside,
  pass,
  type SyncAgent,
  type SyncScene,
  tryToReconnect,
} from './sync-scene.ts'
import { expectFree } from './sync-truth.ts'

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland', 'Asia/Kolkata']
/** Meetings and events are from tomorrow on, in so many days. */
const DAYS = 7
const QUARTER = 15 * MINUTE
const NOBODY_FREE = ['SlotUnavailableError', 'NoAgentAvailableError']

let visitors = 0

const agentOf = (scene: SyncScene): SyncAgent => one(scene, scene.agents)!

function tomorrow({ app }: SyncScene): number {
  return Math.floor(app.clock.now().getTime() / DAY) * DAY + DAY
}

/** At the hours of the agents, more or less. */
function anyTime(scene: SyncScene): Time {
  const { random } = scene
  const start = tomorrow(scene) + random(DAYS) * DAY + (8 * 4 + random(9 * 4)) * QUARTER
  const end = start + (1 + random(8)) * QUARTER
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
}

function showsOf(scene: SyncScene, { owner }: SyncAgent): Shown[] {
  const from = tomorrow(scene)
  return owner.shows(new Date(from).toISOString(), new Date(from + 30 * DAY).toISOString())
}

/** Something in an agent's calendar. */
function anyShown(scene: SyncScene, isOurs: boolean): { agent: SyncAgent; shown: Shown } | null {
  const agent = agentOf(scene)
  const shown = one(
    scene,
    showsOf(scene, agent).filter(({ meetingId, declined }) => (meetingId !== null) === isOurs && !declined),
  )
  return shown === undefined ? null : { agent, shown }
}

type Operation = (scene: SyncScene) => string | undefined | Promise<string | undefined>

const create: Operation = (scene) => {
  const kind = one(scene, EVENT_KINDS)!
  const time = anyTime(scene)
  agentOf(scene).owner.create(kind, time)
  return `${kind} ${time.start}`
}

const createWholeDays: Operation = (scene) => {
  const day = new Date(tomorrow(scene) + scene.random(DAYS) * DAY).toISOString().slice(0, 10)
  agentOf(scene).owner.createWholeDays(day, 1 + scene.random(2))
  return day
}

const createSeries: Operation = (scene) => {
  const time = anyTime(scene)
  agentOf(scene).owner.createSeries(time)
  return time.start
}

const changeForeign: Operation = (scene) => {
  const found = anyShown(scene, false)
  if (found === null) return undefined
  const { owner } = found.agent
  const { id } = found.shown
  const change = one(scene, ['move', 'delete', 'decline', 'free', 'busy'] as const)!
  if (change === 'move') owner.move(id, anyTime(scene))
  else if (change === 'delete') owner.delete(id)
  else if (change === 'decline') owner.decline(id)
  else owner.setFree(id, change === 'free')
  return change
}

const changeSeries: Operation = (scene) => {
  const { owner } = agentOf(scene)
  const id = one(scene, owner.series())
  if (id === undefined) return undefined
  const isMoved = scene.random(3) > 0
  if (isMoved) owner.move(id, anyTime(scene))
  else owner.delete(id)
  return isMoved ? 'moved' : 'deleted'
}

const changeZone: Operation = (scene) => {
  const zone = one(scene, ZONES)!
  agentOf(scene).owner.changeTimeZone(zone)
  return zone
}

/** Of a meeting of ours, by its agent, in the calendar. */
const changeOurs: Operation = (scene) => {
  const found = anyShown(scene, true)
  if (found === null) return undefined
  const { agent, shown } = found
  const meeting = scene.booked.find(({ id }) => id === shown.meetingId)!
  const change = one(scene, [
    'move',
    'move',
    'move',
    'delete',
    'decline',
    'retitle',
    'free',
    'take off',
  ] as const)!
  if (change === 'move') agent.owner.move(shown.id, anyTime(scene))
  else if (change === 'decline') agent.owner.decline(shown.id)
  else if (change === 'retitle') agent.owner.retitle(shown.id)
  else if (change === 'free') agent.owner.setFree(shown.id, true)
  else if (change === 'take off') agent.owner.takeOff(shown.id, meeting.visitor)
  else {
    agent.owner.delete(shown.id)
    // Where a change of ours is on its way, it stands again, and the visitor is invited again.
    meeting.mostInvitations += 1
  }
  return `${change} ${meeting.id}`
}

const anyTarget = (scene: SyncScene) =>
  scene.random(3) === 0 ? { roundRobin: true } : { agentId: agentOf(scene).id }

async function anySlot(scene: SyncScene, target: object): Promise<string | undefined> {
  const from = new Date(tomorrow(scene)).toISOString()
  const to = new Date(tomorrow(scene) + DAYS * DAY).toISOString()
  const { token } = scene.app.workspace.admin
  const slot = one(scene, startsOf(await slots(scene.app, { token, target, from, to })))
  if (slot !== undefined && scene.random(3) === 0) takeFromUnderTheNose(scene, slot)
  return slot
}

/** An agent gets busy between the look at the slots and the booking. */
function takeFromUnderTheNose(scene: SyncScene, start: string): void {
  const end = new Date(Date.parse(start) + QUARTER).toISOString()
  agentOf(scene).owner.create('BUSY', { start, end })
}

const bookMeeting: Operation = async (scene) => {
  const target = anyTarget(scene)
  const startsAt = await anySlot(scene, target)
  if (startsAt === undefined) return undefined
  const visitor = `visitor${++visitors}@customers.example`
  const input = { target, startsAt, person: { email: visitor, firstName: 'Vera' } }
  const result = await book(scene.app, { token: scene.app.workspace.admin.token, input })
  return settle(scene, result, () => noteBooked(scene, { globalId: result.id, visitor }))
}

/** What was given must have been free in the agent's calendar at this moment. */
function settle(scene: SyncScene, result: Result, then: () => void = () => {}): string {
  if (result.__typename === 'Meeting') {
    then()
    expectFree(scene, result)
  } else if (![...NOBODY_FREE, 'ConflictError'].includes(result.__typename)) {
    throw new Error(`${result.__typename}: ${result.message}`)
  }
  return `${result.__typename} ${result.id ?? ''}`
}

const mutate = (scene: SyncScene, mutation: string, input: object) =>
  mutateMeeting(scene.app, { mutation, input, token: scene.app.workspace.admin.token })

/** Moves a meeting, or gives it on. Where that changes nothing, nothing need have been free. */
async function change(
  scene: SyncScene,
  { meeting, mutation, input }: { meeting: Booked; mutation: string; input: object },
): Promise<string> {
  const { meeting: meetings } = scene.app.app.services.database
  const { id } = meeting
  const before = await meetings.findUniqueOrThrow({ where: { id } })
  const result = await mutate(scene, mutation, { meetingId: meeting.globalId, ...input })
  const after = await meetings.findUniqueOrThrow({ where: { id } })
  return after.revision === before.revision && result.__typename === 'Meeting'
    ? `nothing ${id}`
    : settle(scene, result)
}

const reschedule: Operation = async (scene) => {
  const meeting = one(scene, scene.booked)
  if (meeting === undefined) return undefined
  const startsAt = await anySlot(scene, { roundRobin: true })
  if (startsAt === undefined) return undefined
  return change(scene, { meeting, mutation: 'rescheduleMeeting', input: { startsAt } })
}

const cancel: Operation = async (scene) => {
  const meeting = one(scene, scene.booked)
  if (meeting === undefined) return undefined
  const { __typename } = await mutate(scene, 'cancelMeeting', { meetingId: meeting.globalId })
  return `${__typename} ${meeting.id}`
}

const reassign: Operation = async (scene) => {
  const meeting = one(scene, scene.booked)
  if (meeting === undefined) return undefined
  const agentId = scene.random(2) === 0 ? agentOf(scene).id : undefined
  meeting.mostInvitations += 1
  return change(scene, { meeting, mutation: 'reassignMeeting', input: { agentId } })
}

const FAULTS = [
  { kind: 'answer', status: 503 },
  { kind: 'answer', status: 500, body: 'Oh no' },
  { kind: 'answer', status: 429, headers: { 'retry-after': '40' } },
  { kind: 'html' },
  { kind: 'drop' },
  { kind: 'drop-after-commit' },
  { kind: 'drop-after-commit' },
  { kind: 'truncate' },
] as const

const disturb: Operation = (scene) => {
  const routes = ROUTES[scene.provider]
  const fault = one(scene, FAULTS)!
  const name = one(scene, ['readings', 'writes', 'writes', 'token', 'watches', 'anything'] as const)!
  const times = 1 + scene.random(3)
  outside(scene).faults.add(routes[name], fault, { times })
  return `${name}: ${fault.kind} ${'status' in fault ? fault.status : ''} ${times} times`
}

const disturbPushes: Operation = async (scene) => {
  const { push } = outside(scene)
  const what = one(scene, ['drop', 'duplicate', 'hold', 'reverse', 'calm'] as const)!
  if (what === 'drop') push.drop(1 + scene.random(4))
  else if (what === 'duplicate') push.duplicate(3, 1 + scene.random(4))
  else if (what === 'hold') push.hold()
  else if (what === 'reverse') await push.release('REVERSED')
  else push.resetBehaviour()
  return what
}

const losePermission: Operation = (scene) => {
  const { owner } = agentOf(scene)
  if (scene.random(3) > 0) owner.expireTokens()
  else owner.revoke()
  return owner.email
}

const wait: Operation = async (scene) => {
  const milliseconds = one(scene, [2000, 2000, 30_000, 2 * MINUTE, 13 * MINUTE])!
  await pass(scene, milliseconds)
  return `${milliseconds / 1000} s`
}

const BY_WEIGHT: Record<string, [number, Operation]> = {
  wait: [20, wait],
  book: [14, bookMeeting],
  reschedule: [6, reschedule],
  cancel: [3, cancel],
  reassign: [5, reassign],
  'change ours': [12, changeOurs],
  create: [7, create],
  'create whole days': [2, createWholeDays],
  'create series': [2, createSeries],
  'change foreign': [8, changeForeign],
  'change series': [2, changeSeries],
  'change zone': [1, changeZone],
  disturb: [9, disturb],
  'disturb pushes': [5, disturbPushes],
  'lose permission': [2, losePermission],
  reconnect: [1, async (scene) => void (await tryToReconnect(scene, agentOf(scene)))],
}
/** Each as often as its weight says. */
export const SYNC_LOTS = Object.entries(BY_WEIGHT).flatMap(([name, [weight]]) =>
  Array.from({ length: weight }, () => name),
)

/** What the agent alone does. */
const BY_USER = ['change ours', 'change ours', 'create', 'create series', 'change foreign', 'change series']

/** Does something.
 * @param options.byUser whether it is something that only the agent does */
export async function doSomething(scene: SyncScene, { byUser }: { byUser: boolean }): Promise<void> {
  const name = byUser ? one(scene, BY_USER)! : scene.draw()
  const begun = scene.story.push(name)
  const outcome = await BY_WEIGHT[name]![1](scene)
  scene.story[begun - 1] = `${name}: ${outcome ?? 'nothing'}`
  const word = outcome?.split(' ')[0] ?? 'nothing'
  const done = /^[a-z]+$/i.test(word) ? `${name}: ${word}` : name
  scene.note(done)
  await outside(scene).push.settled()
}
