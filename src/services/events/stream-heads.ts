import type { RequestContext } from '../identity/request-context.ts'
import { callerOf } from '../identity/viewer.ts'
import { agentStream, workspaceStream } from './append-events.ts'
import { signEventCursor } from './event-cursor.ts'
import { createReader } from './stored-events.ts'

/** Cursors at the heads of the viewer's streams. */
export interface StreamHeads {
  agent: string
  workspace: string
}

/** Reads the heads of the viewer's streams. To be called before the data of a snapshot is read: an event in between is
 * then delivered although the snapshot has it already, and never missed.
 * @returns null unless the viewer is an agent */
export async function readStreamHeads({
  viewer,
  database,
  signer,
}: Pick<RequestContext, 'viewer' | 'database' | 'signer'>): Promise<StreamHeads | null> {
  if (viewer.kind !== 'AGENT') return null
  const caller = callerOf(viewer)
  const streams = { agent: agentStream(viewer.agentId), workspace: workspaceStream(viewer.workspaceId) }
  const heads = await createReader(database).heads(Object.values(streams))
  const cursorOf = (streamId: string) =>
    signEventCursor(signer, { streamId, caller, seq: heads.get(streamId) ?? 0 })
  return { agent: cursorOf(streams.agent), workspace: cursorOf(streams.workspace) }
}
