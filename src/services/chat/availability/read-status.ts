// Reads whether agents are available for live chats, and everything else that decides whether they are eligible, in one
// SQL statement however many agents there are (docs/semantics.md, sections 4 and 5).
import { Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { everOpens } from '../../availability/rules.ts'
import { type ScheduleRow, toSchedule } from '../../availability/schedule.ts'
import { type AvailabilityStatus, statusAt } from './rules.ts'

export interface AgentStatus {
  agentId: string
  status: AvailabilityStatus
  /** Whether the hours are open now or at any later time. */
  hasHours: boolean
  /** Whether a console of the agent is connected. */
  signedIn: boolean
  /** Whether an offer can reach the agent: the agent is signed in, or has a browser registered for push. */
  reachable: boolean
  activeChats: number
  pendingOffers: number
  /** How many of these were requested from the network that the query is about. */
  offersToNetwork: number
  /** How many chats and offers the agent may have at once. */
  capacity: number
  /** The numbers of the seats that these take, from 1 to `capacity`, or beyond if the capacity has been lowered since. */
  takenSeats: number[]
  /** Whether the agent's roles let it take chats. */
  mayChat: boolean
  /** Whether the agent is paused, and so passed over in every pool of live chats. */
  paused: boolean
  /** Differs as soon as the hours or the toggle are changed, or the agent is removed. */
  version: string
}

interface StatusRow extends ScheduleRow, Omit<AgentStatus, 'status' | 'hasHours' | 'reachable'> {
  removed: boolean
  toggledTo: boolean | null
  toggledAt: Date | null
  toggleResetsAtMidnight: boolean
  hasPush: boolean
}

/** @returns a status for each agent that exists, in the order of `agentIds`; a removed agent is not available */
export async function readAgentStatuses(
  database: Database | Transaction,
  { agentIds, now }: { agentIds: string[]; now: Date },
): Promise<AgentStatus[]> {
  if (agentIds.length === 0) return []
  const asked = Prisma.sql`unnest(${agentIds}::uuid[]) WITH ORDINALITY AS asked("id", "place")`
  return readStatusesOf(database, { asked, now })
}

/** @param query.asked a table named `asked`, with the columns "id" (of an agent) and "place" (by which to order)
 * @param query.network see `Conversation.clientNetwork`; left out or null: no request is considered */
export async function readStatusesOf(
  database: Database | Transaction,
  { asked, now, network = null }: { asked: Prisma.Sql; now: Date; network?: string | null },
): Promise<AgentStatus[]> {
  const rows = await database.$queryRaw<StatusRow[]>`
    SELECT a."id" AS "agentId", a."removedAt" IS NOT NULL AS "removed", l.xmin::text AS "version",
      l."timeZone", l."weekly", l."overrides", l."toggledTo", l."toggledAt",
      w."toggleResetsAtMidnight", w."chatsPerAgent" AS "capacity",
      EXISTS (
        SELECT FROM "ConsoleLease" c WHERE c."agentId" = a."id" AND c."expiresAt" > ${now}::timestamptz
      ) AS "signedIn",
      EXISTS (SELECT FROM "PushSubscription" p WHERE p."agentId" = a."id") AS "hasPush",
      seats."activeChats", seats."pendingOffers", seats."takenSeats",
      ${network === null ? Prisma.sql`0` : offersTo(network)} AS "offersToNetwork",
      EXISTS (
        SELECT FROM "AgentRole" ar JOIN "Role" r ON r."id" = ar."roleId"
        WHERE ar."agentId" = a."id" AND 'MANAGE_LIVE_CHAT_AVAILABILITY' = ANY (r."permissions")
      ) AS "mayChat",
      EXISTS (
        SELECT FROM "RoutingPlace" t WHERE t."agentId" = a."id" AND t."kind" = 'LIVE_CHAT' AND t."paused"
      ) AS "paused"
    FROM ${asked}
    JOIN "Agent" a ON a."id" = asked."id"
    JOIN "LiveChatAvailability" l ON l."agentId" = a."id"
    JOIN "Workspace" w ON w."id" = a."workspaceId"
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE o."state" = 'ACCEPTED')::int AS "activeChats",
        count(*) FILTER (WHERE o."state" = 'PENDING')::int AS "pendingOffers",
        coalesce(array_agg(o."seat"), '{}') AS "takenSeats"
      FROM "ChatOffer" o WHERE o."agentId" = a."id" AND o."seat" IS NOT NULL
    ) seats
    ORDER BY asked."place"`
  return rows.map((row) => toStatus(row, now))
}

const offersTo = (network: string) => Prisma.sql`(
  SELECT count(*)::int FROM "ChatOffer" o JOIN "Conversation" c ON c."id" = o."conversationId"
  WHERE o."agentId" = a."id" AND o."seat" IS NOT NULL AND o."state" = 'PENDING' AND o."transferredBy" IS NULL
    AND c."clientNetwork" = ${network}
)`

function toStatus(row: StatusRow, now: Date): AgentStatus {
  const { agentId, signedIn, capacity, takenSeats, mayChat, paused, version } = row
  const { activeChats, pendingOffers, offersToNetwork } = row
  return {
    agentId,
    status: row.removed ? REMOVED : availabilityOf(row, now),
    hasHours: everOpens(toSchedule(row), now.getTime()),
    signedIn,
    reachable: signedIn || row.hasPush,
    activeChats,
    pendingOffers,
    offersToNetwork,
    capacity,
    takenSeats,
    mayChat,
    paused,
    version,
  }
}

const REMOVED: AvailabilityStatus = { available: false, source: 'HOURS', changesAt: null, toggle: null }

function availabilityOf(row: StatusRow, now: Date): AvailabilityStatus {
  const { toggledTo, toggledAt, toggleResetsAtMidnight: resetsAtMidnight } = row
  const isToggled = toggledTo !== null && toggledAt !== null
  const toggle = isToggled ? { available: toggledTo, setAt: toggledAt.getTime() } : null
  return statusAt({ schedule: toSchedule(row), toggle, resetsAtMidnight }, now.getTime())
}
