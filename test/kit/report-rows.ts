// Rows that reports count, written past the application: on any instants, as many as a test wants.
import { randomUUID } from 'node:crypto'
import type { Prisma } from '../../src/database/generated/client/client.ts'
import type { DialogueCountKind } from '../../src/database/generated/client/enums.ts'
import type { TestApp } from './app.ts'

const EMPTY_DRAFT = {
  audience: { match: 'ALL', conditions: [], groups: [] },
  targetUrls: [],
  excludedUrls: [],
}

/** @returns the UUID of a new dialogue */
export async function insertDialogue(
  { app, clock }: TestApp,
  { workspaceId, name = 'Welcome' }: { workspaceId: string; name?: string },
): Promise<string> {
  const now = clock.now()
  const draft = { ...EMPTY_DRAFT, trigger: null, cards: [] }
  const data = {
    workspaceId,
    kind: 'DIALOGUE',
    name,
    priority: 1,
    draft,
    createdAt: now,
    updatedAt: now,
  } as const
  return (await app.services.database.dialogue.create({ data })).id
}

export interface CountRow {
  dialogueId: string
  kind: DialogueCountKind
  at: Date
  /** Left out: one of its own. */
  visitorId?: string
  /** A card's key; left out: none, or for what counts each time, one of its own. */
  occurrence?: string
  known?: boolean
}

const EACH_TIME = new Set<DialogueCountKind>(['MEETING_BOOKED', 'GOAL_REACHED'])

export async function insertCounts({ app }: TestApp, workspaceId: string, rows: CountRow[]): Promise<void> {
  await app.services.database.dialogueCount.createMany({
    data: rows.map(({ visitorId = randomUUID(), ...row }) => ({
      workspaceId,
      known: false,
      occurrence: EACH_TIME.has(row.kind) ? randomUUID() : '',
      ...row,
      visitorId,
      sessionId: visitorId,
    })),
  })
}

/** Visitors with anonymous people.
 * @returns their ids and those of their people */
export async function insertVisitors(
  { app, clock }: TestApp,
  { workspaceId, count }: { workspaceId: string; count: number },
): Promise<{ visitorId: string; personId: string }[]> {
  const { database } = app.services
  const now = clock.now()
  const made = Array.from({ length: count }, () => ({ visitorId: randomUUID(), personId: randomUUID() }))
  await database.person.createMany({
    data: made.map(({ personId }) => ({ id: personId, workspaceId, createdAt: now })),
  })
  await database.visitor.createMany({
    data: made.map(({ visitorId, personId }) => ({
      id: visitorId,
      workspaceId,
      personId,
      tokenHash: Buffer.from(visitorId),
      createdAt: now,
      expiresAt: now,
    })),
  })
  return made
}

/** What a meeting has that no report is about. */
export const meetingRow = (
  row: Pick<Prisma.MeetingCreateManyInput, 'workspaceId' | 'agentId' | 'personId' | 'bookedAt'>,
): Prisma.MeetingCreateManyInput => ({
  startsAt: row.bookedAt,
  endsAt: new Date(new Date(row.bookedAt).getTime() + 30 * 60_000),
  timeZone: 'UTC',
  subject: 'A meeting',
  body: '',
  subjectTemplate: '',
  bodyTemplate: '',
  agenda: '',
  bookedBy: 'visitor',
  routedBy: 'Round robin',
  ...row,
})

/** What a conversation has that no report is about. */
export const conversationRow = (
  row: Pick<
    Prisma.ConversationCreateManyInput,
    'workspaceId' | 'personId' | 'visitorId' | 'state' | 'requestedAt'
  > &
    Partial<Prisma.ConversationCreateManyInput>,
): Prisma.ConversationCreateManyInput => ({
  target: { roundRobin: true },
  lastMessageAt: row.requestedAt,
  lastActiveAt: row.requestedAt,
  ...row,
})

/** A version of a dialogue with cards, as far as reports read it. The first card begins it. */
export async function insertVersion(
  { app }: TestApp,
  version: {
    workspaceId: string
    dialogueId: string
    number: number
    publishedAt: Date
    cards: { key: string; kind: string; next?: string; branches?: { next: string }[] }[]
  },
): Promise<void> {
  const { cards, ...facts } = version
  const definition = { start: cards[0]?.key ?? '', cards: cards.map((card) => ({ next: null, ...card })) }
  const hash = Buffer.from([facts.number])
  await app.services.database.dialogueVersion.create({ data: { ...facts, hash, definition } })
}
