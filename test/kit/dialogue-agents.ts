// Cards in which a visitor books a meeting or gets to an agent, and their answers.
import { randomUUID } from 'node:crypto'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import type { Card } from '../../src/services/dialogues/definition/compiled.ts'
import type { MeetingCard } from '../../src/services/dialogues/definition/draft.ts'
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
