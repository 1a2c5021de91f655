// What a subscription to a stream of events is: where it begins, and which events its viewer may see. The server
// reads, replays and hands them on (src/server/live).
import type { RequestContext } from '../context.ts'
import { readAgentViewer } from '../identity/agent-viewer.ts'
import { type AgentViewer, callerOf, viewOf } from '../identity/viewer.ts'
import { readEventCursor, signHolder, signPlace } from './event-cursor.ts'
import { createReader, type StoredEvent } from './stored-events.ts'

export type ResetReason = 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' | 'ACCESS_CHANGED'

/** Where a subscription begins, and the newest event that there was then; or why it cannot begin. */
export type Beginning = { after: number; head: number } | { reset: ResetReason }

export interface EventSource {
  streamId: string
  workspaceId: string
  /** The agent whose access counts. */
  agentId: string
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

/** @param source.after the cursor that the client came with; null: from now on */
export function createEventSource(
  { database, signer }: RequestContext,
  source: {
    viewer: AgentViewer
    streamId: string
    after: string | null
    isConsole: boolean
    includes(event: StoredEvent): boolean
  },
): EventSource {
  const { viewer, streamId, after, isConsole, includes } = source
  const { workspaceId, agentId } = viewer
  const caller = callerOf(viewer)
  const view = viewOf(viewer)
  const begin = async (): Promise<Beginning> => {
    const { head, oldest } = await createReader(database).bounds(streamId)
    // Changes of access up to the head were not seen coming: the viewer may be from before.
    const present = await readAgentViewer(database, viewer.agentId)
    if (present === null || viewOf(present) !== view) return { reset: 'ACCESS_CHANGED' }
    if (after === null) return { after: head, head }
    const seq = readEventCursor(signer, { streamId, caller, text: after })
    // Beyond the head: a database that was set back does not know the events that the client has seen.
    if (seq === null || seq > head) return { reset: 'CURSOR_UNKNOWN' }
    return seq + 1 < oldest ? { reset: 'CURSOR_EXPIRED' } : { after: seq, head }
  }
  return {
    ...{ streamId, workspaceId, agentId, view, isConsole, begin, includes },
    holder: signHolder(signer, { streamId, caller }),
    placeOf: (seq) => signPlace(signer, { streamId, seq }),
  }
}
