// Many want the same time of the same agents at once, while others take these agents away. Whoever loses is refused in
// the way that the API promises, at once, and the database never has to resolve a deadlock.
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Staff } from '../kit/actors.ts'
import { book, createBookableAgent, hold, mutateMeeting, type Result } from '../kit/booking.ts'
import { mutate } from '../kit/mutate.ts'
import { randomFrom } from '../kit/random.ts'
import {
  atMinute,
  type Contention,
  createVisitors,
  ROUND_THE_CLOCK,
  startContention,
  waitForWaiting,
} from './contention-scene.ts'

const SEED = Number(process.env.CONTENTION_SEED ?? Math.floor(Math.random() * 2 ** 31))
const DEADLINE_MS = 120_000
const JITTER_MS = 60
const ROUNDS = 30
const MOVERS = 5
const HOLDERS = 4
const TEAM = 3
const RECONNECTIONS = 12

const random = randomFrom(SEED)
let contention: Contention

beforeEach(async () => {
  console.log(`seed ${SEED}`)
  contention = await startContention()
})
afterEach(() => contention.stop())

it(
  'lets one of a booking and five moves to the same time of one agent win, and refuses the others',
  async () => {
    const { bookAt, moves } = await createMovers()
    const rounds: unknown[][] = []
    for (let round = 0; round < ROUNDS; round++) {
      const startsAt = atMinute(60 + 5 * round)
      const calls = [bookAt, ...moves].map((call) => pause(random(JITTER_MS)).then(() => call(startsAt)))
      rounds.push((await Promise.all(calls)).map(kindOf).sort())
    }
    await contention.finish()
    const oneWins = ['Meeting', ...Array(MOVERS).fill('SlotUnavailableError')]
    expect(rounds).toEqual(Array(ROUNDS).fill(oneWins))
  },
  DEADLINE_MS,
)

it(
  'refuses five moves to a time that a booking has just taken, but has not committed yet',
  async () => {
    const { bookAt, moves } = await createMovers()
    await contention.sql.query(GATE)
    const startsAt = atMinute(60)
    const booking = bookAt(startsAt)
    await waitForWaiting(contention, 1)
    const moving = moves.map((move) => move(startsAt))
    await waitForWaiting(contention, 1 + MOVERS)
    await contention.sql.query('SELECT pg_advisory_unlock(1)')
    expect(kindOf(await booking)).toBe('Meeting')
    expect((await Promise.all(moving)).map(kindOf)).toEqual(Array(MOVERS).fill('SlotUnavailableError'))
    await contention.finish()
  },
  DEADLINE_MS,
)

/** Whoever has written a new reservation waits for a lock that this session has. */
const GATE = `
  CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
  CREATE TRIGGER gate AFTER INSERT ON "Reservation" FOR EACH ROW EXECUTE FUNCTION gate();
  SELECT pg_advisory_lock(1)`

const kindOf = (answer: Result | null) => answer?.__typename

/** An agent, five visitors who each have a meeting with the agent, and one who has none. */
async function createMovers() {
  const hours = { ...ROUND_THE_CLOCK, durationMinutes: 5 }
  const ada = await createBookableAgent(contention.nodes[0], contention.workspace, { hours })
  const [booker = '', ...movers] = await createVisitors(contention, 1 + MOVERS)
  const bookAs = (token: string) => (startsAt: string) =>
    contention.call('bookMeeting', (node) =>
      book(node, { token, input: { target: { agentId: ada.id }, startsAt } }),
    )
  const moveAs = (token: string, meetingId: string | undefined) => (startsAt: string) =>
    contention.call('rescheduleMeeting', (node) =>
      mutateMeeting(node, { mutation: 'rescheduleMeeting', token, input: { meetingId, startsAt } }),
    )
  const moves: ReturnType<typeof moveAs>[] = []
  for (const [number, token] of movers.entries()) {
    moves.push(moveAs(token, (await bookAs(token)(atMinute(5 * number)))?.id))
  }
  return { bookAt: bookAs(booker), moves }
}

it(
  'lets visitors hold slots of a team while its agents are disconnected and connected again',
  async () => {
    const { agents, teamId } = await createTeam()
    const startsAt = () => atMinute(30 * random(4))
    let isOver = false
    const holders = (await createVisitors(contention, HOLDERS)).map(async (token) => {
      while (!isOver) {
        const input = { target: { teamId }, startsAt: startsAt() }
        await contention.call('holdSlot', (node) => hold(node, { token, input }))
      }
    })
    for (let number = 0; number < RECONNECTIONS; number++) {
      const { id } = agents[number % TEAM] as Staff
      await changeCalendar('disconnectCalendar', id)
      await pause(random(JITTER_MS))
      await changeCalendar('connectBuiltInCalendar', id)
    }
    isOver = true
    await Promise.all(holders)
    await contention.finish()
    const { holdSlot: held = {}, ...changes } = contention.outcomes()
    const { SlotHold = 0, SlotUnavailableError = 0, ...otherwise } = held
    expect(otherwise).toEqual({})
    expect(SlotHold).toBeGreaterThan(RECONNECTIONS)
    expect(changes).toEqual({
      disconnectCalendar: { Calendar: RECONNECTIONS },
      connectBuiltInCalendar: { Calendar: RECONNECTIONS },
    })
  },
  DEADLINE_MS,
)

async function createTeam(): Promise<{ agents: Staff[]; teamId: string }> {
  const { nodes, workspace } = contention
  const agents: Staff[] = []
  for (let number = 0; number < TEAM; number++) {
    const agent = { name: `Agent ${number}`, hours: ROUND_THE_CLOCK }
    agents.push(await createBookableAgent(nodes[0], workspace, agent))
  }
  const input = { name: 'Team', agentIds: agents.map(({ id }) => id) }
  const { token } = workspace.admin
  const { id } = await mutate(nodes[0], { mutation: 'saveTeam', input, token, select: '... on Team { id }' })
  return { agents, teamId: id }
}

function changeCalendar(mutation: 'disconnectCalendar' | 'connectBuiltInCalendar', agentId: string) {
  const { token } = contention.workspace.admin
  const select = '... on Calendar { state }'
  return contention.call(mutation, (node) => mutate(node, { mutation, input: { agentId }, token, select }))
}
