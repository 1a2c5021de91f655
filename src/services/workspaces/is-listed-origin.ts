import type { Database } from '../../database/open.ts'

/** Whether any workspace allows the pages of the origin, for example `https://www.acme.example`, to call the API. It
 * needs no cache: there are few workspaces, and browsers cache the answer to a preflight. */
export async function isListedOrigin(database: Database, origin: string): Promise<boolean> {
  const workspace = await database.workspace.findFirst({
    where: { allowedOrigins: { has: origin } },
    select: { id: true },
  })
  return workspace !== null
}
