// A second implementation of the report of live chats, chat by chat.
import { encodeGlobalID } from '@pothos/plugin-relay'
import type { OfferState } from '../../../src/database/generated/client/enums.ts'
import { type Chat, REQUESTS } from './random-chats.ts'
import { averageOf, dateOf, datesOf, isIn, type Range, tally } from './random-range.ts'

type Instant = Date | string
const secondsBetween = (start: Instant, end: Instant) =>
  (new Date(end).getTime() - new Date(start).getTime()) / 1000

interface Response {
  agentId: string | null
  seconds: number
}

/** How long the visitor waited for each response, and for whose. */
function responsesIn({ row: { acceptedAt }, said }: Chat): Response[] {
  if (!acceptedAt) return []
  const found: Response[] = []
  let waitingSince: Instant | null = null
  for (const { author, agentId, sentAt } of said) {
    if (author === 'VISITOR') waitingSince ??= sentAt
    if (author !== 'AGENT' || waitingSince === null) continue
    const since = new Date(waitingSince) > new Date(acceptedAt) ? waitingSince : acceptedAt
    found.push({ agentId, seconds: secondsBetween(since, sentAt) })
    waitingSince = null
  }
  return found
}

const isConnected = ({ row }: Chat) => row.acceptedAt !== null
const tallyChats = (chats: Chat[]) =>
  tally(chats, {
    requested: () => true,
    connected: isConnected,
    missed: (chat) => !isConnected(chat) && chat.row.endedAt !== null,
    abandoned: ({ row }) => row.state === 'ABANDONED',
  })

const averageMinutes = (chats: Chat[]) =>
  averageOf(
    chats.flatMap(({ row: { acceptedAt, endedAt } }) =>
      acceptedAt && endedAt ? [secondsBetween(acceptedAt, endedAt) / 60] : [],
    ),
  )

const averageResponse = (responses: Response[]) => averageOf(responses.map(({ seconds }) => seconds))

interface Agent {
  id: string
  agentId: string
}

/** @param people.agents by name */
export function reportOfChats(range: Range, all: Chat[], people: { agents: Agent[]; teamId: string }) {
  const chats = all.filter(
    ({ row: { state, acceptedAt, requestedAt } }) =>
      isIn(range, requestedAt) && (acceptedAt || REQUESTS.includes(state)),
  )
  const responses = chats.flatMap(responsesIn)
  const ofTeam = chats.filter(({ row }) => 'teamId' in Object(row.target))
  const team = { id: encodeGlobalID('Team', people.teamId) }
  return {
    ...tallyChats(chats),
    averageMinutes: averageMinutes(chats),
    averageResponseSeconds: averageResponse(responses),
    days: datesOf(range).map((date) => ({
      date,
      ...tallyChats(chats.filter(({ row }) => dateOf(range, row.requestedAt) === date)),
    })),
    byTeam:
      ofTeam.length === 0 ? [] : [{ team, ...tallyChats(ofTeam), averageMinutes: averageMinutes(ofTeam) }],
    byAgent: people.agents
      .map((agent) => reportOfAgent(agent, { chats, responses }))
      .filter(({ offered }) => offered > 0)
      .sort((one, other) => other.connected - one.connected),
  }
}

function reportOfAgent(
  { id, agentId }: Agent,
  { chats, responses }: { chats: Chat[]; responses: Response[] },
) {
  const statesOf = ({ offers }: Chat) =>
    offers.filter((offer) => offer.agentId === agentId).map(({ state }) => state)
  const has = (chat: Chat, states: OfferState[]) => statesOf(chat).some((state) => states.includes(state))
  const isAccepted = (chat: Chat) => has(chat, ['ACCEPTED'])
  return {
    agent: { id },
    ...tally(chats, {
      offered: (chat) => statesOf(chat).length > 0,
      connected: isAccepted,
      missed: (chat) => has(chat, ['DECLINED', 'EXPIRED', 'REVOKED']) && !isAccepted(chat),
    }),
    averageMinutes: averageMinutes(chats.filter(({ row }) => row.agentId === agentId)),
    averageResponseSeconds: averageResponse(responses.filter((response) => response.agentId === agentId)),
  }
}
