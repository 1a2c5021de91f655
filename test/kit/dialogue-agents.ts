// Cards in which a visitor books a meeting or gets to an agent, and their answers.
import { randomUUID } from 'node:crypto'
import { decodeGlobalID } from '@pothos/plugin-relay'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import type { Card } from '../../src/services/dialogues/definition/compiled.ts'
import type { MeetingCard } from '../../src/services/dialogues/definition/draft.ts'
import { bookCard } from '../../src/services/dialogues/running/book-card.ts'
import type { VisitorViewer } from '../../src/services/identity/viewer.ts'
import type { RoutingTarget } from '../../src/services/routing/pool.ts'
import type { TestApp } from './app.ts'
import { SESSION, type Session } from './dialogues.ts'
import { mutate } from './mutate.ts'

const ROUND_ROBIN: RoutingTarget = { roundRobin: true }

export const meetingCard = (
  key: string,
  {
    next = null,
    ...more
  }: Partial<Pick<MeetingCard<Attribute>, 'next' | 'routing' | 'agentNameTo' | 'agentEmailTo'>> = {},
): Card => ({
  kind: 'MEETING',
  ...{ key, next, text: `${key}?`, routing: ROUND_ROBIN, agentNameTo: null, agentEmailTo: null, ...more },
})

export const liveChatCard = (key: string, routing: RoutingTarget = ROUND_ROBIN): Card => ({
  kind: 'LIVE_CHAT',
  ...{ key, text: 'One moment, please.', next: null, routing },
})

const TIMES = 'startsAt endsAt agent { name }'
const BOOKED = `... on DialogueSession {
  transcript { author cardKey text meeting { id source ${TIMES} } confirmationSentTo }
}`

/** Answers a meeting card with a time, in Berlin.
 * @param meeting `{ startsAt }` or `{ holdId }`, and more */
export async function answerMeeting(
  app: Pick<TestApp, 'execute'>,
  token: string,
  session: Pick<Session, 'id' | 'step' | 'pending'>,
  meeting: object,
  more: object = {},
): Promise<Session> {
  const input = {
    sessionId: session.id,
    step: session.step,
    cardKey: session.pending[0]?.key ?? '',
    meeting: { timeZone: 'Europe/Berlin', ...meeting },
    clientKey: randomUUID(),
    ...more,
  }
  const select = `${SESSION} ${BOOKED} ... on StepTakenError { session { ${SESSION} } }`
  return (await mutate(app, { mutation: 'answerCard', token, input, select })) as Session
}

/** What is left when a node is killed after a card has booked a meeting, and before its answer was applied. */
export async function bookWithoutAnswer(
  { app: { services } }: TestApp,
  sessionId: string,
  { startsAt, person }: { startsAt: string; person: { email: string } },
): Promise<void> {
  const { database } = services
  const { id } = decodeGlobalID(sessionId)
  const session = await database.dialogueSession.findUniqueOrThrow({ where: { id } })
  const found = await database.visitor.findUniqueOrThrow({ where: { id: session.visitorId ?? '' } })
  const { id: visitorId, workspaceId, personId, verified } = found
  const viewer: VisitorViewer = { kind: 'VISITOR', workspaceId, visitorId, personId, verified }
  const context = { ...services, viewer, origin: null, client: { address: null, refusals: [] } }
  const isNew = (await database.person.findUniqueOrThrow({ where: { id: personId } })).email === null
  await bookCard(context, {
    ...{ session, isNew, card: { routing: ROUND_ROBIN }, choice: { startsAt } },
    details: { endsAt: null, timeZone: 'Europe/Berlin', agenda: null, person },
  })
}
