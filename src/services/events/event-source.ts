// What a subscription to a stream of events is: where it begins, and which events its viewer may see. The server
// reads, replays and hands them on (src/server/live).
import type { Database } from '../../database/open.ts'
import type { RequestContext } from '../context.ts'
import { readAgentViewer } from '../identity/agent-viewer.ts'
import { type AgentViewer, callerOf, type VisitorViewer, viewOf } from '../identity/viewer.ts'
import { readEventCursor, signHolder, signPlace } from './event-cursor.ts'
import { createReader, type StoredEvent } from './stored-events.ts'

export type ResetReason = 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' | 'ACCESS_CHANGED'

/** Where a subscription begins, and the newest event that there was then; or why it cannot begin. */
export type Beginning = { after: number; head: number } | { reset: ResetReason }

export interface EventSource {
  streamId: string
  workspaceId: string
  /** The agent whose access counts; null for a visitor. */
  agentId: string | null
  /** Whether holding it open is being signed in. */
  isConsole: boolean
  /** The halves of the viewer's cursors: `holder` follows `placeOf` the event. */
  holder: string
  placeOf(seq: number): string
  /** Subscriptions with the same view of the same stream are told the same. */
  view: string
  begin(): Promise<Beginning>
  /** Whether the viewer is told of an event. */
  includes(event: StoredEvent): boolean
}

/** @param source.after the cursor that the client came with; null: from now on
 * @param source.mayStill looks whether the viewer may see what it could see when the source was made */
export function createEventSource(
  { database, signer }: RequestContext,
  source: {
    viewer: AgentViewer | VisitorViewer
    streamId: string
    after: string | null
    isConsole: boolean
    mayStill?(): Promise<boolean>
    includes(event: StoredEvent): boolean
  },
): EventSource {
  const { viewer, streamId, after, isConsole, mayStill = async () => true, includes } = source
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
    ...{ streamId, workspaceId, agentId: viewer.kind === 'AGENT' ? viewer.agentId : null },
    // Visitors of one conversation may see different things of its person (docs/decisions/004).
    view: viewer.kind === 'VISITOR' ? caller : viewOf(viewer),
    ...{ isConsole, begin, includes },
    holder: signHolder(signer, { streamId, caller }),
    placeOf: (seq) => signPlace(signer, { streamId, seq }),
  }
}

async function isAsBefore(database: Database, viewer: AgentViewer | VisitorViewer): Promise<boolean> {
  if (viewer.kind === 'VISITOR') return true
  const present = await readAgentViewer(database, viewer.agentId)
  return present !== null && viewOf(present) === viewOf(viewer)
}
