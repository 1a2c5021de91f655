// What is stored of a person, part by part. Every column that holds something of the person is in one of them
// (test/security/personal-data.test.ts).
import type { Prisma } from '../../../database/generated/client/client.ts'
import type { Database } from '../../../database/open.ts'

/** Where to read: the records of one person from a place on, in the order of their ids. */
export interface Reading {
  database: Database
  workspaceId: string
  personId: string
  /** The last record that was read; null: from the first one on. */
  after: string | null
  take: number
}

/** A record as the database has it. */
export type Stored = { id: string } & Record<string, unknown>

type Read = (reading: Reading) => Promise<Stored[]>

const AGENT = { select: { id: true, name: true } } satisfies Prisma.AgentDefaultArgs

/** What all readings have in common.
 * @param where which records of the table */
const page = <Where extends object>({ after, take }: Reading, where: Where) => ({
  where: after === null ? where : { ...where, id: { gt: after } },
  orderBy: { id: 'asc' as const },
  take,
})

const ofPerson = ({ workspaceId, personId }: Reading) => ({ workspaceId, personId })

const PERSON: Read = async ({ database, workspaceId, personId, after }) => {
  if (after !== null) return []
  const omit = { workspaceId: true, sortName: true } as const
  return database.person.findMany({ where: { id: personId, workspaceId }, omit })
}

const VISIT: Read = (reading) => {
  const omit = { workspaceId: true, personId: true, tokenHash: true } as const
  return reading.database.visitor.findMany({ ...page(reading, ofPerson(reading)), omit })
}

const CONVERSATION: Read = (reading) => {
  const select = {
    id: true,
    visitorId: true,
    state: true,
    verified: true,
    claimed: true,
    agent: AGENT,
    pageUrl: true,
    requestedAt: true,
    acceptedAt: true,
    endedAt: true,
    score: true,
    messageCount: true,
    clearedAt: true,
  } as const
  return reading.database.conversation.findMany({ ...page(reading, ofPerson(reading)), select })
}

const MESSAGE: Read = (reading) => {
  const select = {
    id: true,
    conversationId: true,
    seq: true,
    author: true,
    agent: AGENT,
    text: true,
    sentAt: true,
    sharedAgent: AGENT,
    clientKey: true,
  } as const
  const where = { conversation: ofPerson(reading) }
  return reading.database.message.findMany({ ...page(reading, where), select })
}

const MEETING: Read = (reading) => {
  const select = {
    id: true,
    conversationId: true,
    agent: AGENT,
    status: true,
    outcome: true,
    startsAt: true,
    endsAt: true,
    timeZone: true,
    subject: true,
    body: true,
    agenda: true,
    conferenceUrl: true,
    source: true,
    pageUrl: true,
    bookedBy: true,
    bookedAt: true,
    confirmedAt: true,
    verified: true,
    claimed: true,
    clearedAt: true,
  } as const
  return reading.database.meeting.findMany({ ...page(reading, ofPerson(reading)), select })
}

const MEETING_CHANGE: Read = (reading) => {
  const select = {
    id: true,
    meetingId: true,
    at: true,
    kind: true,
    actor: true,
    actorKind: true,
    reason: true,
    reasonCode: true,
    outcome: true,
    startsAt: true,
    endsAt: true,
    previousStartsAt: true,
    agent: AGENT,
    previousAgent: AGENT,
  } as const
  const where = { meeting: ofPerson(reading) }
  return reading.database.meetingChange.findMany({ ...page(reading, where), select })
}

const MEETING_MAIL: Read = (reading) => {
  const select = {
    id: true,
    meetingId: true,
    address: true,
    organizer: true,
    uid: true,
    revision: true,
    startsAt: true,
    endsAt: true,
    mails: true,
    mailedAt: true,
    endedAt: true,
  } as const
  const where = { meeting: ofPerson(reading), recipient: 'VISITOR' as const }
  return reading.database.meetingInvitation.findMany({ ...page(reading, where), select })
}

const DIALOGUE: Read = (reading) => {
  const select = {
    id: true,
    dialogueId: true,
    visitorId: true,
    conversationId: true,
    pageUrl: true,
    startedAt: true,
    completedAt: true,
    endedAt: true,
    transcript: true,
    answers: true,
  } as const
  const where = { ...ofPerson(reading), visitorId: { not: null } }
  return reading.database.dialogueSession.findMany({ ...page(reading, where), select })
}

/** It has no id of its own: a person completes a dialogue once. */
const COMPLETED_DIALOGUE: Read = async ({ database, workspaceId, personId, after, take }) => {
  const rows = await database.dialogueCompletion.findMany({
    where: { workspaceId, personId, ...(after === null ? {} : { dialogueId: { gt: after } }) },
    orderBy: { dialogueId: 'asc' },
    take,
    select: { dialogueId: true, completedAt: true },
  })
  return rows.map(({ dialogueId, completedAt }) => ({ id: dialogueId, completedAt }))
}

/** Kept for some days. */
const MEETING_REQUEST: Read = (reading) => {
  const omit = { workspaceId: true, personId: true, agentId: true, target: true } as const
  const include = { agent: AGENT }
  return reading.database.meetingRequest.findMany({ ...page(reading, ofPerson(reading)), omit, include })
}

/** In the order of the export. */
export const PARTS = {
  PERSON,
  VISIT,
  CONVERSATION,
  MESSAGE,
  MEETING,
  MEETING_CHANGE,
  MEETING_MAIL,
  MEETING_REQUEST,
  DIALOGUE,
  COMPLETED_DIALOGUE,
} as const satisfies Record<string, Read>

export type PartName = keyof typeof PARTS

export const PART_NAMES = Object.keys(PARTS) as PartName[]
