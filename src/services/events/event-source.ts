// What a subscription to a stream of events is: where it begins, and which events its viewer may see. The server
// reads, replays and hands them on (src/server/live).
import type { Database } from '../../database/open.ts'
import { readAgentViewer } from '../identity/agent-viewer.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { type AgentViewer, callerOf, type VisitorViewer, viewOf } from '../identity/viewer.ts'
import type { PresenceKind } from '../presence/leases.ts'
import type { StoredEvent } from './catalogue.ts'
import { readEventCursor, signHolder, signPlace } from './event-cursor.ts'
import { createReader } from './stored-events.ts'

export type ResetReason = 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' | 'ACCESS_CHANGED'

/** What a subscriber is sent about the subscription itself. */
export type SubscriptionNotice =
  | { type: 'CaughtUp'; at: Date }
  | { type: 'ResetRequired'; at: Date; reason: ResetReason }

/** Where a subscription begins, and the newest event that there was then; or why it cannot begin. */
export type Beginning = { after: number; head: number } | { reset: ResetReason }

export interface Presence {
  kind: PresenceKind
  /** Of the agent, or the conversation. */
  id: string
}

export interface EventSource<Shown extends StoredEvent = StoredEvent> {
  streamId: string
  workspaceId: string
  /** What holding it open is a sign of: that the agent is signed in, or the visitor there; null: of nothing. */
  presence: Presence | null
  /** The halves of the viewer's cursors: `holder` follows `placeOf` the event. */
  holder: string
  placeOf(seq: number): string
  /** Subscriptions with the same view of the same stream are told the same. */
  view: string
  /** The stream that tells when the viewer may see something else, besides the one that is read; null: none does. */
  accessStreamId: string | null
  /** Whether an event of either stream says that the viewer may see something else from then on. */
  endsAccess(event: StoredEvent): boolean
  begin(): Promise<Beginning>
  /** Whether the viewer is told of an event. */
  includes(event: StoredEvent): event is Shown
}

/** @param source.accessStreamId left out: there is none
 * @param source.after the cursor that the client came with; null: from now on
 * @param source.mayStill looks whether the viewer may see what it could see when the source was made */
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
    // Changes of access up to the head were not seen coming: the viewer may be from before.
    if (!(await isAsBefore(database, viewer)) || !(await mayStill())) return { reset: 'ACCESS_CHANGED' }
    if (after === null) return { after: head, head }
    const seq = readEventCursor(signer, { streamId, caller, text: after })
    // Beyond the head: a database that was set back does not know the events that the client has seen.
    if (seq === null || seq > head) return { reset: 'CURSOR_UNKNOWN' }
    return seq + 1 < oldest ? { reset: 'CURSOR_EXPIRED' } : { after: seq, head }
  }
  return {
    ...{ streamId, workspaceId, accessStreamId },
    endsAccess: (event) => isAboutAccessOf(viewer, event),
    // Visitors of one conversation may see different things of its person (docs/decisions/004).
    view: viewer.kind === 'VISITOR' ? caller : viewOf(viewer),
    ...{ presence, begin, includes },
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
