// Random rows, counted by the product and by a second implementation.
import { beforeAll, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client/client.ts'
import type { DialogueCountKind } from '../../../src/database/generated/client/enums.ts'
import { data } from '../../kit/app.ts'
import { lotsOf, randomFrom } from '../../kit/random.ts'
import {
  type CountRow,
  insertCounts,
  insertDialogue,
  insertVisitors,
  meetingRow,
} from '../../kit/report-rows.ts'
import { anAgent, useScene } from '../../kit/scene.ts'
import { ODD_ZONES } from '../../rules/arbitraries.ts'
import { reportOfChats } from './chat-oracle.ts'
import { insertChats } from './random-chats.ts'
import { dateOf, datesOf, isIn, pickFrom, type Range, randomRange, tally } from './random-range.ts'

const SEED = Number(process.env.REPORTS_SEED ?? Math.floor(Math.random() * 2 ** 31))
const RANGES = Number(process.env.REPORTS_RANGES ?? 12)
const ROWS = 80

const NUMBERS = {
  triggered: 'TRIGGERED',
  engaged: 'ENGAGED',
  completed: 'COMPLETED',
  peopleAcquired: 'PERSON_ACQUIRED',
  meetingsBooked: 'MEETING_BOOKED',
  goalsReached: 'GOAL_REACHED',
} as const satisfies Record<string, DialogueCountKind>
const IN_DIALOGUES = Object.keys(NUMBERS).join(' ')

const REPORTS = `query ($from: Date!, $to: Date!, $timeZone: TimeZone!) {
  reports(from: $from, to: $to, timeZone: $timeZone) {
    dialogues { ${IN_DIALOGUES} days { date ${IN_DIALOGUES} } }
    known: dialogues(known: true) { ${IN_DIALOGUES} }
    meetings {
      booked cancelled noShows days { date count cancelled noShows }
      byAgent { agent { id } count cancelled noShows }
    }
    liveChat {
      requested connected missed abandoned averageMinutes averageResponseSeconds
      days { date requested connected missed abandoned }
      byTeam { team { id } requested connected missed abandoned averageMinutes }
      byAgent { agent { id } offered connected missed averageMinutes averageResponseSeconds }
    }
  }
}`

const { app, acme, admin, ada, beth, database } = useScene({ ada: anAgent, beth: anAgent }, { once: true })
const random = randomFrom(SEED)
const pick = pickFrom(random)
const zone = lotsOf([...ODD_ZONES, 'Europe/Berlin', 'America/New_York', 'UTC'], random)
let dialogueIds: string[] = []
let teamId = ''

beforeAll(async () => {
  const { workspaceId } = acme
  dialogueIds = [await insertDialogue(app, { workspaceId }), await insertDialogue(app, { workspaceId })]
  teamId = (await database.team.create({ data: { workspaceId, name: 'Sales' } })).id
})

it(`counts what a second implementation counts (REPORTS_SEED=${SEED})`, async () => {
  for (let number = 0; number < RANGES; number++) {
    const { anyTime, range } = randomRange(random, zone())
    const counts = await someCounts(anyTime)
    const meetings = await someMeetings(anyTime)
    const agentIds = [ada.agentId, beth.agentId]
    const { workspaceId } = acme
    const stage = { random, workspaceId, agentIds, dialogueIds, teamId, anyTime, count: ROWS }
    const chats = await insertChats(app, stage)
    const { reports } = await data<{ reports: object }>(
      app.execute(REPORTS, { token: admin.token, variables: { ...range } }),
    )
    expect(reports, JSON.stringify({ number, ...range })).toEqual({
      dialogues: {
        ...tallyDialogues(counts.filter(({ at }) => isIn(range, at))),
        days: datesOf(range).map((date) => ({
          date,
          ...tallyDialogues(counts.filter(({ at }) => dateOf(range, at) === date)),
        })),
      },
      known: tallyDialogues(counts.filter(({ at, known }) => known && isIn(range, at))),
      meetings: reportOfMeetings(range, meetings),
      liveChat: reportOfChats(range, chats, { agents: [ada, beth], teamId }),
    })
    await deleteAll()
  }
})

async function deleteAll(): Promise<void> {
  await database.dialogueCount.deleteMany()
  await database.meeting.deleteMany()
  await database.chatOffer.deleteMany()
  await database.message.deleteMany()
  await database.conversation.deleteMany()
}

function tallyDialogues(rows: CountRow[]) {
  const conditions = Object.entries(NUMBERS).map(([name, kind]) => [
    name,
    (row: CountRow) => row.kind === kind,
  ])
  return tally<CountRow, string>(rows, Object.fromEntries(conditions))
}

async function someCounts(anyTime: () => Date): Promise<CountRow[]> {
  const kinds = [...Object.values(NUMBERS), 'CARD_SHOWN', 'CARD_ANSWERED'] as const
  const rows = Array.from({ length: ROWS }, () => {
    const known = random(2) === 0
    return { dialogueId: pick(dialogueIds), kind: pick(kinds), at: anyTime(), known }
  })
  await insertCounts(app, acme.workspaceId, rows)
  return rows
}

type MeetingRow = Prisma.MeetingCreateManyInput

async function someMeetings(anyTime: () => Date): Promise<MeetingRow[]> {
  const { workspaceId } = acme
  const [person] = await insertVisitors(app, { workspaceId, count: 1 })
  const rows = Array.from({ length: ROWS }, (): MeetingRow => {
    const agentId = pick([ada.agentId, beth.agentId])
    const row = meetingRow({ workspaceId, agentId, personId: person?.personId ?? '', bookedAt: anyTime() })
    return { ...row, ...pick([{ status: 'CANCELLED' }, { outcome: 'NO_SHOW' }, { outcome: 'HELD' }, {}]) }
  })
  await database.meeting.createMany({ data: rows })
  return rows
}

const tallyMeetings = (rows: MeetingRow[]) =>
  tally(rows, {
    count: () => true,
    cancelled: ({ status }) => status === 'CANCELLED',
    noShows: ({ outcome }) => outcome === 'NO_SHOW',
  })

function reportOfMeetings(range: Range, all: MeetingRow[]) {
  const rows = all.filter(({ bookedAt }) => isIn(range, bookedAt))
  const { count: booked, ...others } = tallyMeetings(rows)
  const agents = [ada, beth].map(({ id, agentId }) => ({
    agent: { id },
    ...tallyMeetings(rows.filter((row) => row.agentId === agentId)),
  }))
  return {
    booked,
    ...others,
    days: datesOf(range).map((date) => ({
      date,
      ...tallyMeetings(rows.filter(({ bookedAt }) => dateOf(range, bookedAt) === date)),
    })),
    // Ada is before Beth if they have as many.
    byAgent: agents.filter(({ count }) => count > 0).sort((one, other) => other.count - one.count),
  }
}
