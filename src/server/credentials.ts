// Reads who calls, and in which workspace: from the headers of a request, or from the parameters of a socket.
import { NIL, validate } from 'uuid'
import { readGlobalId } from '../schema/global-id.ts'
import type { Credentials } from '../services/identity/authenticate.ts'

/** Carries the global id of a workspace. */
export const WORKSPACE_HEADER = 'switchboard-workspace'

export const NO_CREDENTIALS: Credentials = { authorization: null, workspaceId: null }

export function credentialsOf(headers: Headers): Credentials {
  return toCredentials({
    authorization: headers.get('authorization'),
    workspace: headers.get(WORKSPACE_HEADER),
  })
}

/** @param parameters the payload of `connection_init` */
export function socketCredentials(parameters: Record<string, unknown>): Credentials {
  const { authorization = parameters.Authorization, workspace } = parameters
  return toCredentials({ authorization: textOf(authorization), workspace: textOf(workspace ?? undefined) })
}

function toCredentials({ authorization, workspace }: Record<'authorization' | 'workspace', string | null>) {
  return { authorization, workspaceId: workspace === null ? null : toWorkspaceId(workspace) }
}

/** @returns the id of no workspace for what is not the id of one */
function toWorkspaceId(globalId: string): string {
  const read = readGlobalId(globalId)
  return read?.typename === 'Workspace' && validate(read.id) ? read.id : NIL
}

/** @returns null for what is not given. What is no text is not valid, as the empty text is not: a client whose token is
 * missing by mistake must not be taken for an anonymous one */
function textOf(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : ''
}
