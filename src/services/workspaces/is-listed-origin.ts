import type { Database } from '../../database/open.ts'

/** Whether any workspace lists the origin, for example `https://www.acme.example`, as one whose pages may call the
 * API. There are few workspaces, and browsers keep the answer of a preflight, so it is not worth a cache. */
export async function isListedOrigin(database: Database, origin: string): Promise<boolean> {
  const workspace = await database.workspace.findFirst({
    where: { allowedOrigins: { has: origin } },
    select: { id: true },
  })
  return workspace !== null
}
