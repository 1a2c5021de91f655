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

/** What all readings have in common. */
const page = ({ after, take }: Reading) => ({
  where: after === null ? {} : { id: { gt: after } },
  orderBy: { id: 'asc' as const },
  take,
})

const PERSON: Read = async ({ database, workspaceId, personId, after }) => {
  if (after !== null) return []
  const omit = { workspaceId: true, sortName: true } as const
  return database.person.findMany({ where: { id: personId, workspaceId }, omit })
}

const VISIT: Read = ({ database, workspaceId, personId, ...reading }) => {
  const { where, ...order } = page({ database, workspaceId, personId, ...reading })
  const omit = { workspaceId: true, personId: true, tokenHash: true } as const
  return database.visitor.findMany({ ...order, where: { ...where, workspaceId, personId }, omit })
}

const CONVERSATION: Read = (reading) => {
  const { database, workspaceId, personId } = reading
  const { where, ...order } = page(reading)
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
  return database.conversation.findMany({ ...order, where: { ...where, workspaceId, personId }, select })
}

const MESSAGE: Read = (reading) => {
  const { database, workspaceId, personId } = reading
  const { where, ...order } = page(reading)
  const conversation = { workspaceId, personId }
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
  return database.message.findMany({ ...order, where: { ...where, conversation }, select })
}

const MEETING: Read = (reading) => {
  const { database, workspaceId, personId } = reading
  const { where, ...order } = page(reading)
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
  return database.meeting.findMany({ ...order, where: { ...where, workspaceId, personId }, select })
}

const MEETING_CHANGE: Read = (reading) => {
  const { database, workspaceId, personId } = reading
  const { where, ...order } = page(reading)
  const meeting = { workspaceId, personId }
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
  return database.meetingChange.findMany({ ...order, where: { ...where, meeting }, select })
}

const MEETING_MAIL: Read = (reading) => {
  const { database, workspaceId, personId } = reading
  const { where, ...order } = page(reading)
  const meeting = { workspaceId, personId }
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
  return database.meetingInvitation.findMany({
    ...order,
    where: { ...where, meeting, recipient: 'VISITOR' },
    select,
  })
}

/** Kept for some days. */
const MEETING_REQUEST: Read = (reading) => {
  const { database, workspaceId, personId } = reading
  const { where, ...order } = page(reading)
  const omit = { workspaceId: true, personId: true, agentId: true, target: true } as const
  const include = { agent: AGENT }
  return database.meetingRequest.findMany({
    ...order,
    where: { ...where, workspaceId, personId },
    omit,
    include,
  })
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
} as const satisfies Record<string, Read>

export type PartName = keyof typeof PARTS

export const PART_NAMES = Object.keys(PARTS) as PartName[]
