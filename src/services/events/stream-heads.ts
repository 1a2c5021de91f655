import type { RequestContext } from '../identity/request-context.ts'
import { callerOf } from '../identity/viewer.ts'
import { agentStream, workspaceStream } from './append-events.ts'
import { signEventCursor } from './event-cursor.ts'
import { createReader } from './stored-events.ts'

/** Cursors of the viewer's streams. */
export interface StreamHeads {
  agent: string
  workspace: string
}

/** Where the viewer's streams stand. To be read before the data of a snapshot: what happens in between is then told
 * once more, and never missed.
 * @returns null for anybody but staff */
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
