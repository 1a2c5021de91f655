// A model of who holds which invitation. Meetings and addresses change at random while mails are sent, of which some fail
// and are retried. In the end each address holds exactly what the meetings say.
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { MailDeferredError } from '../../src/services/ports/mailer.ts'
import type { Staff } from '../kit/actors.ts'
import { startApp } from '../kit/app.ts'
import { book, createBookableAgent, mutateMeeting, type Result } from '../kit/booking.ts'
import { Budget } from '../kit/budget.ts'
import { MINUTE } from '../kit/clock.ts'
import { type Calendar, enterInCalendars, readMail } from '../kit/mailbox-calendars.ts'
import { lotsOf, randomFrom } from '../kit/random.ts'
import { aVisitor, useScene } from '../kit/scene.ts'
import { slotAt } from '../kit/times.ts'

const KINDS = [
  'book',
  'move',
  'reassign',
  'cancel',
  'visitor address',
  'agent address',
  'remove agent',
  'pause',
]
const budget = new Budget('INVITATIONS', { seconds: 6, kinds: [...KINDS, 'fault'] })
const random = randomFrom(budget.seed)
const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item
const nextKind = lotsOf(KINDS, random)
/** Another one: when mails are sent is not repeatable. */
const randomFault = randomFrom(budget.seed + 1)
const AGENTS = 4
const SLOTS = 14

const { app, acme, admin, visitor, database, mutate } = useScene(
  { visitor: aVisitor },
  { start: () => startApp({ jobs: true, pausesMails: true }), appPerTest: true },
)

/** Those who are not removed. */
const agents: Staff[] = []
const meetings: string[] = []
let addresses = 0
function nextAddress(domain: string): string {
  addresses += 1
  return `person${addresses}@${domain}.example`
}

/** Every tenth attempt fails for a moment, before or after the mail was taken. */
function failSometimes(): void {
  const { mailer } = app.app.services
  const { send } = mailer
  mailer.send = async (mail) => {
    const isFault = randomFault(10) === 0
    if (isFault) budget.count('fault')
    if (isFault && randomFault(2) === 0) throw new MailDeferredError('421 Try again later')
    await send(mail)
    if (isFault) throw new Error('The answer was lost.')
  }
}

const call = (mutation: string, input: object) => mutateMeeting(app, { mutation, input, token: admin.token })

const operations: Record<string, () => Promise<unknown>> = {
  async book() {
    const { id, __typename } = await book(app, {
      token: visitor.token,
      input: {
        target: { agentId: pick(agents).id },
        startsAt: slotAt(random(SLOTS)),
        person: { email: nextAddress('visitor') },
      },
    })
    if (__typename === 'Meeting') meetings.push(id)
  },
  move: () => change('rescheduleMeeting', { startsAt: slotAt(random(SLOTS)) }),
  reassign: () => change('reassignMeeting', { agentId: pick(agents).id }),
  cancel: () => (random(3) === 0 ? change('cancelMeeting', {}) : Promise.resolve()),
  async 'visitor address'() {
    const people = await database.person.findMany({ where: { email: { not: null } } })
    if (people.length === 0) return
    const personId = Buffer.from(`Person:${pick(people).id}`).toString('base64')
    const input = { personId, person: { email: nextAddress('visitor') } }
    await mutate({ mutation: 'updatePerson', input, token: admin.token, select: '' })
  },
  async 'agent address'() {
    const input = { agentId: pick(agents).id, email: nextAddress('agent') }
    await mutate({ mutation: 'updateAgent', input, token: admin.token, select: '' })
  },
  async 'remove agent'() {
    const [agent] = agents.splice(random(agents.length), 1)
    const input = { agentId: agent?.id }
    await mutate({ mutation: 'removeAgent', input, token: admin.token, select: '' })
    agents.push(await createBookableAgent(app, acme, { name: `Successor ${budget.done}` }))
  },
  async pause() {
    app.clock.advance(MINUTE)
  },
}

async function change(mutation: string, input: object): Promise<Result | undefined> {
  if (meetings.length === 0) return
  return call(mutation, { meetingId: pick(meetings), ...input })
}

/** Lets the pauses pass until every mail is sent. */
async function sendAll(): Promise<void> {
  const left = () => database.$queryRaw<object[]>`
    SELECT FROM pgboss.job WHERE name IN ('meeting-mail', 'attendee-address', 'removed-agent')
      AND state IN ('created', 'retry', 'active')`
  await expect
    .poll(
      async () => {
        app.clock.advance(MINUTE)
        return (await left()).length
      },
      { timeout: 60_000, interval: 100 },
    )
    .toBe(0)
}

/** What the calendar of each address must show, by the meetings as they stand. */
async function expectedCalendars(): Promise<Record<string, object[]>> {
  const standing = await database.meeting.findMany({
    where: { status: { not: 'CANCELLED' }, workspaceId: acme.workspaceId },
    include: { person: true, agent: true },
  })
  const expected: Record<string, object[]> = {}
  for (const { invitationUid, startsAt, endsAt, person, agent } of standing) {
    const attendees = [person.email ?? '', agent.email].sort()
    const entry = {
      uid: invitationUid,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      attendees,
    }
    for (const address of attendees) expected[address] = [...(expected[address] ?? []), entry]
  }
  return sorted(expected)
}

function shown(calendars: Map<string, Calendar>): Record<string, object[]> {
  const entries = [...calendars].map(([address, calendar]) => [
    address,
    [...calendar.values()].map(({ uid, startsAt, endsAt, attendees }) => ({
      uid,
      startsAt,
      endsAt,
      attendees,
    })),
  ])
  return sorted(Object.fromEntries(entries.filter(([, held]) => held?.length)))
}

const sorted = (calendars: Record<string, object[]>) =>
  Object.fromEntries(
    Object.entries(calendars)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([address, held]) => [
        address,
        held.map((each) => JSON.stringify(each)).sort() as unknown as object[],
      ]),
  )

it(
  `after ${budget.extent} random changes each address holds exactly what the meetings say (seed ${budget.seed})`,
  async () => {
    for (let number = 1; number <= AGENTS; number += 1) {
      agents.push(await createBookableAgent(app, acme, { name: `Agent ${number}` }))
    }
    failSometimes()
    await budget.run(async () => {
      const kind = nextKind()
      await operations[kind]?.()
      budget.note(kind)
      // On PGlite operations would follow each other without a turn of the event loop, and no job would run.
      await setImmediate()
    })
    await sendAll()
    const mails = await Promise.all(app.mails.map(readMail))
    expect(shown(enterInCalendars(mails))).toEqual(await expectedCalendars())
    const strange = app.faults.filter((fault) => !/Try again|was lost/.test(String(fault)))
    expect(strange).toEqual([])
  },
  budget.deadlineMs,
)
