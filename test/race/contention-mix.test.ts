// Everything that takes, moves and frees the time of agents, or changes the agents, at the same time and on two nodes.
// CONTENTION_SEED chooses what each client does; how the clients meet differs from run to run.
import { setTimeout as pause } from 'node:timers/promises'
import { decodeGlobalID } from '@pothos/plugin-relay'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { applyRemoteChange } from '../../src/services/booking/meetings/apply-remote-change.ts'
import { book, hold, mutateMeeting, type Result } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'
import { randomFrom } from '../kit/random.ts'
import { atMinute, type Contention, createVisitors, startContention } from './contention-scene.ts'

const SEED = Number(process.env.CONTENTION_SEED ?? Math.floor(Math.random() * 2 ** 31))
const DEADLINE_MS = 120_000
const CLIENTS = 16
const OPERATIONS = 18
/** Until each kind of operation has succeeded. */
const MOST_OPERATIONS = 4 * OPERATIONS
/** Between the operations of a client, so that calls wait for each other and not for the processor. */
const PAUSE_MS = 600
const AGENTS = 5
/** Few, so that each is wanted by many. */
const TIMES = Array.from({ length: 10 }, (_one, number) => atMinute(30 * number))
const WEEK = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']
/** What the loser of a race is answered, and whoever names an agent or a meeting that was taken away meanwhile. */
const REFUSALS = ['SlotUnavailableError', 'NoAgentAvailableError', 'NotFoundError', 'ConflictError']

const random = randomFrom(SEED)
const one = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item

let contention: Contention
let agentIds: string[]
let teamId: string
let meetings: { id: string; token: string }[]
let keys = 0

beforeEach(async () => {
  console.log(`seed ${SEED}`)
  contention = await startContention()
  meetings = []
  agentIds = []
  for (let number = 0; number < AGENTS; number++) agentIds.push(await hire())
  teamId = (await saveTeam({}))?.id ?? ''
})
afterEach(() => contention.stop())

it(
  'does a mix of changes of 16 clients without a deadlock, a fault or a long wait',
  async () => {
    const tokens = await createVisitors(contention, CLIENTS)
    await Promise.all(
      tokens.map(async (token) => {
        for (let done = 0; done < OPERATIONS || (done < MOST_OPERATIONS && !hasAllDone()); done++) {
          await pause(random(PAUSE_MS))
          await one(OPERATIONS_OF_A_CLIENT)(token)
        }
      }),
    )
    await contention.finish()
    for (const [name, kinds] of Object.entries(contention.outcomes())) {
      const done = Object.keys(kinds).filter(isDone)
      expect({ name, done }).toEqual({ name, done: [expect.any(String)] })
    }
    await expectOwnTimes()
  },
  DEADLINE_MS,
)

const isDone = (kind: string) => !REFUSALS.includes(kind)
const hasAllDone = () =>
  Object.values(contention.outcomes()).every((kinds) =>
    Object.keys(kinds).some((kind) => isDone(kind) && kind !== 'PENDING'),
  )

const ofAnAgent = () => ({ agentId: one(agentIds) })
const anyTarget = () => one([{ roundRobin: true }, { teamId }, ofAnAgent()])

const holdAny = (token: string) => {
  const input = { target: anyTarget(), startsAt: one(TIMES) }
  return contention.call('holdSlot', (node) => hold(node, { token, input }))
}

const bookInput = async (token: string, input: object) => {
  const idempotencyKey = `key ${keys++}`
  const booked = await contention.call('bookMeeting', (node) =>
    book(node, { token, input: { ...input, idempotencyKey } }),
  )
  if (booked?.__typename === 'Meeting') meetings.push({ id: booked.id, token })
}

const bookAny = (token: string) => bookInput(token, { target: anyTarget(), startsAt: one(TIMES) })

const bookHeld = async (token: string) => {
  const held = await holdAny(token)
  if (held?.__typename === 'SlotHold') await bookInput(token, { holdId: held.id })
}

/** As its visitor, or as the administrator. */
const changeMeeting = async (mutation: string, input: object, byStaff = random(2) === 0) => {
  if (meetings.length === 0) return
  const { id: meetingId, token: own } = one(meetings)
  const token = byStaff ? contention.workspace.admin.token : own
  await contention.call<Result>(mutation, (node) =>
    mutateMeeting(node, { mutation, token, input: { meetingId, ...input } }),
  )
}

const reschedule = () => changeMeeting('rescheduleMeeting', { startsAt: one(TIMES) })
const cancel = () => changeMeeting('cancelMeeting', {})
const reassign = () => changeMeeting('reassignMeeting', one([{}, ofAnAgent()]), true)

/** The agent moves the event in the calendar, onto another meeting or not: that cannot be refused. */
const moveInCalendar = async () => {
  if (meetings.length === 0) return
  await contention.call('moveInCalendar', async ({ app: { services } }) => {
    const entry = await services.database.calendarEntry.findFirst({
      where: { meetingId: decodeGlobalID(one(meetings).id).id, eventId: { not: null } },
      include: { meeting: true },
    })
    if (!entry?.eventId || entry.meeting.status === 'CANCELLED') return { __typename: 'NotFoundError' }
    const { eventId, meetingId } = entry
    const start = Date.parse(one(TIMES))
    const event = { eventId, meetingId, version: `version ${keys++}`, start, end: start + 30 * MINUTE }
    const standing = { ...event, state: 'STANDS' as const, conferenceUrl: null, visitorInvited: true }
    await applyRemoteChange(services, { entry: { ...entry, eventId }, event: standing })
    return { __typename: 'Followed' }
  })
}

const administer = (mutation: string, input: object, type: string) =>
  contention.call(mutation, (node) =>
    mutate(node, {
      mutation,
      input,
      token: contention.workspace.admin.token,
      select: type === 'MeetingAvailability' ? '' : `... on ${type} { id }`,
    }),
  )

/** Every buffer that is made smaller is taken off the meetings and holds that there are. */
const setHours = (agentId: string) =>
  administer(
    'setMeetingAvailability',
    {
      agentId,
      timeZone: 'UTC',
      durationMinutes: 30,
      minimumNoticeMinutes: 0,
      bufferMinutes: one([0, 10, 30]),
      weekly: WEEK.map((weekday) => ({ weekday, start: '00:00', end: '24:00' })),
    },
    'MeetingAvailability',
  )

const connect = (agentId: string) => administer('connectBuiltInCalendar', { agentId }, 'Calendar')

const reconnect = async () => {
  const { agentId } = ofAnAgent()
  await administer('disconnectCalendar', { agentId }, 'Calendar')
  await connect(agentId)
}

const saveTeam = (team: { teamId?: string }) => {
  const input = { ...team, name: 'Team', agentIds: agentIds.slice(0, 3) }
  return administer('saveTeam', input, 'Team')
}

/** @returns an agent who can be booked at any time */
async function hire(): Promise<string> {
  const number = keys++
  const input = { name: `Agent ${number}`, email: `agent${number}@acme.test` }
  const agentId = (await administer('createAgent', input, 'Agent'))?.id ?? ''
  await setHours(agentId)
  await connect(agentId)
  return agentId
}

const replaceAgent = async () => {
  const { agentId } = ofAnAgent()
  await administer('removeAgent', { agentId }, 'Agent')
  const successor = await hire()
  agentIds = [...agentIds.filter((other) => other !== agentId), successor]
  await saveTeam({ teamId })
}

/** What is done more often has more places. */
const OPERATIONS_OF_A_CLIENT: ((token: string) => Promise<unknown>)[] = [
  ...[holdAny, holdAny, holdAny, bookHeld, bookAny, bookAny, bookAny, bookAny],
  ...[reschedule, reschedule, reschedule, reassign, reassign, cancel, cancel],
  ...[() => setHours(one(agentIds)), moveInCalendar, reconnect, replaceAgent],
]

/** Every meeting that stands has its agent's time, and no other of the agent's at the same time. What the agent moved in
 * the calendar may lie on another one. */
async function expectOwnTimes(): Promise<void> {
  const { rows } = await contention.sql.query(`
    WITH ours AS (
      SELECT * FROM "Meeting" m WHERE NOT EXISTS (
        SELECT FROM "MeetingChange" c WHERE c."meetingId" = m."id" AND c."kind" = 'CALENDAR_CHANGED'
      )
    )
    SELECT m."id" FROM ours m
    LEFT JOIN "Reservation" r ON r."meetingId" = m."id" AND r."agentId" = m."agentId"
      AND (r."startsAt", r."endsAt") = (m."startsAt", m."endsAt")
    WHERE (m."status" = 'CANCELLED') <> (r."id" IS NULL)
    UNION ALL
    SELECT one."id" FROM ours one
    JOIN ours other ON other."agentId" = one."agentId" AND other."id" > one."id"
      AND one."startsAt" < other."endsAt" AND other."startsAt" < one."endsAt"
    WHERE one."status" <> 'CANCELLED' AND other."status" <> 'CANCELLED'`)
  expect(rows).toEqual([])
}
