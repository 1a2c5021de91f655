// The catalogue of events: for each type, what its payload holds and which subscriptions show it. Whatever else is
// written for each type is checked against it: a type that lacks its constructor (new-events.ts), or its GraphQL type in
// a subscription that shows it (schema/event.ts), does not compile.
//
// Events are kept for 7 days, and nodes of two versions run side by side during an upgrade. So a node may read what
// another version wrote, and `parseEvent` decides what happens then.
import { z } from 'zod'
import type { Permission } from '../identity/viewer.ts'

/** The subscriptions that show an event. A permission: only to viewers who have it. */
interface Audience {
  agent: boolean
  workspace: boolean | Permission
  conversation: boolean
}

interface EventDefinition {
  /** Ids of what changed; readers load the rest. Fields may be added if they are optional; any other change needs a
   * new event type. */
  payload: z.ZodType
  audience: Audience
}

/** For the product itself. */
const INTERNAL = { agent: false, workspace: false, conversation: false } as const

const agent = z.object({ agentId: z.string() })
const offer = z.object({ offerId: z.string(), conversationId: z.string() })

const EVENTS = {
  MeetingChanged: {
    /** `agentIds`: who has the meeting, and who had it before the change. */
    payload: z.object({
      meetingId: z.string(),
      changeId: z.string(),
      agentIds: z.array(z.string()).optional(),
    }),
    audience: { agent: true, workspace: 'MANAGE_ALL_MEETINGS', conversation: false },
  },
  /** An agent's hours for meetings. */
  MeetingAvailabilityChanged: {
    payload: agent,
    audience: { agent: true, workspace: true, conversation: false },
  },
  /** An agent's hours for live chat. Subscribers learn of them by LiveChatStatusChanged. */
  LiveChatAvailabilityChanged: { payload: agent, audience: INTERNAL },
  LiveChatStatusChanged: {
    payload: agent,
    audience: { agent: true, workspace: true, conversation: false },
  },
  CalendarChanged: {
    payload: agent,
    audience: { agent: true, workspace: true, conversation: false },
  },
  /** An agent was created, changed or removed, or more of the meetings of a removed agent have been dealt with. Not for
   * what has an event of its own: hours, status, calendar, teams. */
  AgentChanged: {
    payload: agent,
    audience: { agent: true, workspace: true, conversation: false },
  },
  /** A team was created, changed or deleted, or has lost an agent who was removed. */
  TeamChanged: {
    /** `agentIds`: who joined or left. */
    payload: z.object({ teamId: z.string(), agentIds: z.array(z.string()) }),
    audience: { agent: false, workspace: true, conversation: false },
  },
  /** The settings of the workspace. */
  WorkspaceChanged: {
    payload: z.object({}),
    audience: { agent: false, workspace: true, conversation: false },
  },
  /** The order of all agents. */
  RoutingChanged: {
    /** `agentIds`: whose turn was taken; left out when more has changed. */
    payload: z.object({
      kind: z.enum(['MEETING', 'LIVE_CHAT']),
      agentIds: z.array(z.string()).optional(),
    }),
    audience: { agent: false, workspace: 'VIEW_ROUTING', conversation: false },
  },
  ChatOffered: { payload: offer, audience: { agent: true, workspace: false, conversation: false } },
  ChatOfferSettled: { payload: offer, audience: { agent: true, workspace: false, conversation: false } },
  ConversationChanged: {
    payload: z.object({ conversationId: z.string() }),
    audience: { agent: true, workspace: 'VIEW_ALL_CONVERSATIONS', conversation: true },
  },
  /** A chat is about to end by the idle time-out, or no longer is. */
  IdleWarning: {
    payload: z.object({ conversationId: z.string() }),
    audience: { agent: true, workspace: false, conversation: true },
  },
  MessageSent: {
    payload: z.object({ messageId: z.string(), conversationId: z.string() }),
    audience: { agent: true, workspace: false, conversation: true },
  },
  /** An agent was removed, has other roles, or has handed a chat over; a visitor is no longer verified, or has moved to
   * another person; or that may be so of any visitor. */
  AccessChanged: {
    payload: z.union([agent, z.object({ visitorId: z.string() }), z.object({ visitors: z.literal('ALL') })]),
    audience: INTERNAL,
  },
  /** A hold was released, or an unconfirmed booking reserves a slot. */
  SlotsReleased: { payload: agent, audience: INTERNAL },
  /** An agent's calendar has other events. */
  BusyTimeChanged: { payload: agent, audience: INTERNAL },
} as const satisfies Record<string, EventDefinition>

export type EventType = keyof typeof EVENTS
export type EventPayload<Type extends EventType> = z.output<(typeof EVENTS)[Type]['payload']>

/** An event of one of the types, as readers get it. */
export type EventOf<Type extends EventType> = {
  [Each in Type]: {
    /** The number in its stream: 1, 2, 3 … */
    seq: number
    type: Each
    payload: EventPayload<Each>
    at: Date
  }
}[Type]

/** An event of a type that this version does not know. It only has its place in the stream. */
export interface UnknownEvent {
  seq: number
  type: 'Unknown'
  at: Date
}

/** An event of a known type whose payload this version cannot read. */
export interface UnreadableEvent {
  seq: number
  type: 'Unreadable'
  at: Date
}

export type StoredEvent = EventOf<EventType> | UnknownEvent
/** What a row can be read as. */
export type ReadEvent = StoredEvent | UnreadableEvent

export interface EventRow {
  seq: bigint
  type: string
  payload: unknown
  at: Date
}

/** Reads a row of the table `Event`.
 * - A newer version wrote a type that is unknown here: no client of this version can ask for it, so subscriptions pass
 *   over it. (Changes of access are always AccessChanged, so that none is passed over.)
 * - A payload that cannot be read would be lost: readers treat it as a gap in the stream, after which clients read a
 *   snapshot and subscribe again. */
export function parseEvent({ seq, type, payload, at }: EventRow): ReadEvent {
  const place = { seq: Number(seq), at }
  if (!isEventType(type)) return { ...place, type: 'Unknown' }
  const parsed = EVENTS[type].payload.safeParse(payload)
  if (!parsed.success) return { ...place, type: 'Unreadable' }
  // The compiler does not see that the payload is the one of the type.
  return { ...place, type, payload: parsed.data } as EventOf<EventType>
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENTS, type)
}

/** The types that a subscription shows, to viewers with every permission. */
export type ShownType<Subscription extends keyof Audience> = {
  [Type in EventType]: (typeof EVENTS)[Type]['audience'][Subscription] extends false ? never : Type
}[EventType]

/** @param permissions the viewer's; left out: none
 * @returns whether the subscription shows an event to the viewer */
export function shownBy<Subscription extends keyof Audience>(
  subscription: Subscription,
  permissions: ReadonlySet<Permission> = new Set(),
) {
  return (event: StoredEvent): event is EventOf<ShownType<Subscription>> => {
    if (event.type === 'Unknown') return false
    const { audience }: { audience: Audience } = EVENTS[event.type]
    const shown = audience[subscription]
    return typeof shown === 'string' ? permissions.has(shown) : shown
  }
}
