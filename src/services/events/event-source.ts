// The source of a subscription to events: its stream, where it begins, and which events its viewer may see. The server
// reads, replays and delivers them (src/server/live).
import type { Database } from '../../database/open.ts'
import { readAgentViewer } from '../identity/agent-viewer.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { type AgentViewer, callerOf, colleaguesOf, type VisitorViewer, viewOf } from '../identity/viewer.ts'
import type { PresenceKind } from '../presence/leases.ts'
import { workspaceStream } from './append-events.ts'
import type { StoredEvent } from './catalogue.ts'
import { readEventCursor, signHolder, signPlace } from './event-cursor.ts'
import { createReader } from './stored-events.ts'

/** After an event could not be executed so many times in a row, the subscriptions that reach it are reset. */
export const MAX_FAULTS = 3

export type ResetReason = 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' | 'ACCESS_CHANGED' | 'FAULT'

/** What a subscriber is sent about the subscription itself. */
export type SubscriptionNotice =
  | { type: 'CaughtUp'; at: Date }
  | { type: 'ResetRequired'; at: Date; reason: ResetReason }

/** Where a subscription begins, with the head of the stream at that time; or why it cannot begin. */
export type Beginning = { after: number; head: number } | { reset: ResetReason }

export interface Presence {
  kind: PresenceKind
  /** Of the agent, or the conversation. */
  id: string
}

export interface EventSource<Shown extends StoredEvent = StoredEvent> {
  streamId: string
  workspaceId: string
  /** The presence that the open subscription proves: a signed-in agent, or a visitor in its chat. null: none. */
  presence: Presence | null
  /** The second half of the viewer's cursors. */
  holder: string
  /** The first half of the cursor of an event. */
  placeOf(seq: number): string
  /** Subscriptions to the same stream with the same view receive the same. */
  view: string
  /** See `colleaguesOf`; null: answers are shared with nobody else. */
  colleagues: string | null
  /** Another stream that announces changes of the viewer's access; null: only the subscribed one does. */
  accessStreamId: string | null
  /** Whether an event of either stream announces a change of the viewer's access. */
  endsAccess(event: StoredEvent): boolean
  begin(): Promise<Beginning>
  /** Whether the subscription shows the viewer an event. */
  includes(event: StoredEvent): event is Shown
}

/** @param source.accessStreamId left out: null
 * @param source.after the cursor to resume from; null: the subscription begins now
 * @param source.mayStill whether the viewer may still see what it could see when the source was created */
export function createEventSource<Shown extends StoredEvent>(
  { database, signer }: RequestContext,
  source: {
    viewer: AgentViewer | VisitorViewer
    streamId: string
    after: string | null
    presence: Presence | null
    accessStreamId?: string | null
    mayStill?(): Promise<boolean>
    includes(event: StoredEvent): event is Shown
  },
): EventSource<Shown> {
  const { viewer, streamId, after, presence, includes } = source
  const { accessStreamId = null, mayStill = async () => true } = source
  const { workspaceId } = viewer
  const caller = callerOf(viewer)
  const begin = async (): Promise<Beginning> => {
    const { head, oldest } = await createReader(database).bounds(streamId)
    // The viewer may have been read before a change of access that the stream already holds.
    if (!(await isAsBefore(database, viewer)) || !(await mayStill())) return { reset: 'ACCESS_CHANGED' }
    if (after === null) return { after: head, head }
    const seq = readEventCursor(signer, { streamId, caller, text: after })
    // Beyond the head: the database was restored from a backup, and lacks events that the client has seen.
    if (seq === null || seq > head) return { reset: 'CURSOR_UNKNOWN' }
    return seq + 1 < oldest ? { reset: 'CURSOR_EXPIRED' } : { after: seq, head }
  }
  return {
    streamId,
    workspaceId,
    accessStreamId,
    endsAccess: (event) => isAboutAccessOf(viewer, event),
    // Two visitors of one person may see different parts of it in the same conversation (docs/decisions/004).
    view: viewer.kind === 'VISITOR' ? caller : viewOf(viewer),
    // Other streams have few subscribers.
    colleagues:
      viewer.kind === 'AGENT' && streamId === workspaceStream(workspaceId) ? colleaguesOf(viewer) : null,
    presence,
    begin,
    includes,
    holder: signHolder(signer, { streamId, caller }),
    placeOf: (seq) => signPlace(signer, { streamId, seq }),
  }
}

function isAboutAccessOf(viewer: AgentViewer | VisitorViewer, event: StoredEvent): boolean {
  if (event.type !== 'AccessChanged') return false
  const { payload } = event
  if ('agentId' in payload) return viewer.kind === 'AGENT' && viewer.agentId === payload.agentId
  if ('visitorId' in payload) return viewer.kind === 'VISITOR' && viewer.visitorId === payload.visitorId
  payload satisfies { visitors: 'ALL' }
  return viewer.kind === 'VISITOR'
}

async function isAsBefore(database: Database, viewer: AgentViewer | VisitorViewer): Promise<boolean> {
  if (viewer.kind === 'VISITOR') return true
  const present = await readAgentViewer(database, viewer.agentId)
  return present !== null && viewOf(present) === viewOf(viewer)
}
