// Whether agents are there for live chats, with all that decides whether they can be offered one: one SQL statement,
// however many they are (docs/semantics.md, sections 4 and 5).
import type { Database, Transaction } from '../../database/open.ts'
import { type ScheduleRow, toSchedule } from '../availability/schedule.ts'
import { type AvailabilityStatus, statusAt } from './rules.ts'

export interface AgentStatus {
  agentId: string
  status: AvailabilityStatus
  /** Whether a console of the agent is connected. */
  signedIn: boolean
  /** Whether the agent learns of an offer: signed in, or with push set up. */
  reachable: boolean
  activeChats: number
  pendingOffers: number
  /** How many chats and offers the agent may have at once. */
  capacity: number
}

interface StatusRow extends ScheduleRow {
  agentId: string
  removed: boolean
  toggledTo: boolean | null
  toggledAt: Date | null
  toggleResetsAtMidnight: boolean
  signedIn: boolean
  hasPush: boolean
  activeChats: number
  pendingOffers: number
  capacity: number
}

/** @returns a status for each agent that there is, in the order of `agentIds`; who was removed is not available */
export async function readAgentStatuses(
  database: Database | Transaction,
  { agentIds, now }: { agentIds: string[]; now: Date },
): Promise<AgentStatus[]> {
  if (agentIds.length === 0) return []
  const rows = await database.$queryRaw<StatusRow[]>`
    SELECT a."id" AS "agentId", a."removedAt" IS NOT NULL AS "removed",
      l."timeZone", l."weekly", l."overrides", l."toggledTo", l."toggledAt",
      w."toggleResetsAtMidnight", w."chatsPerAgent" AS "capacity",
      EXISTS (
        SELECT FROM "ConsoleLease" c WHERE c."agentId" = a."id" AND c."expiresAt" > ${now}::timestamptz
      ) AS "signedIn",
      EXISTS (SELECT FROM "PushSubscription" p WHERE p."agentId" = a."id") AS "hasPush",
      seats."activeChats", seats."pendingOffers"
    FROM unnest(${agentIds}::uuid[]) WITH ORDINALITY AS asked("id", "place")
    JOIN "Agent" a ON a."id" = asked."id"
    JOIN "LiveChatAvailability" l ON l."agentId" = a."id"
    JOIN "Workspace" w ON w."id" = a."workspaceId"
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE o."state" = 'ACCEPTED')::int AS "activeChats",
        count(*) FILTER (WHERE o."state" = 'PENDING')::int AS "pendingOffers"
      FROM "ChatOffer" o WHERE o."agentId" = a."id" AND o."seat" IS NOT NULL
    ) seats
    ORDER BY asked."place"`
  return rows.map((row) => toStatus(row, now))
}

function toStatus(row: StatusRow, now: Date): AgentStatus {
  const { agentId, signedIn, hasPush, activeChats, pendingOffers, capacity } = row
  const status = row.removed ? GONE : availabilityOf(row, now)
  return { agentId, status, signedIn, reachable: signedIn || hasPush, activeChats, pendingOffers, capacity }
}

const GONE: AvailabilityStatus = { available: false, source: 'SCHEDULE', changesAt: null, toggle: null }

function availabilityOf(row: StatusRow, now: Date): AvailabilityStatus {
  const { toggledTo, toggledAt, toggleResetsAtMidnight: resetsAtMidnight } = row
  const isToggled = toggledTo !== null && toggledAt !== null
  const toggle = isToggled ? { available: toggledTo, setAt: toggledAt.getTime() } : null
  return statusAt({ schedule: toSchedule(row), toggle, resetsAtMidnight }, now.getTime())
}
