// Fills an empty database at the first start. However many nodes start at once, one of them does it.
import { lockInstallation } from '../../database/locks.ts'
import type { Database, Transaction } from '../../database/open.ts'
import { insertAgent } from '../agents/create-agent.ts'
import type { Clock } from '../context.ts'
import { ADMINISTRATOR_ROLE } from '../identity/roles.ts'
import { createWorkspace } from './create-workspace.ts'

/** Runs `make` in a transaction if there is no workspace yet.
 * @returns whether it did */
export async function whenNoWorkspace(
  database: Database,
  make: (tx: Transaction) => Promise<void>,
): Promise<boolean> {
  return database.$transaction(async (tx) => {
    await lockInstallation(tx)
    if ((await tx.workspace.count()) > 0) return false
    await make(tx)
    return true
  })
}

/** Makes the first workspace, with its administrator, who signs in with that e-mail. Name and zone can be changed
 * through the API.
 * @returns false when there is a workspace already, which is left as it is */
export async function makeFirstWorkspace(
  { database, clock }: { database: Database; clock: Clock },
  adminEmail: string,
): Promise<boolean> {
  const now = clock.now()
  return whenNoWorkspace(database, async (tx) => {
    const { workspace, roleIds } = await createWorkspace(tx, {
      name: 'Switchboard',
      timeZone: 'UTC',
      allowedOrigins: [],
      now,
    })
    await insertAgent(tx, {
      workspaceId: workspace.id,
      name: adminEmail,
      email: adminEmail,
      pictureUrl: null,
      roleIds: [roleIds.get(ADMINISTRATOR_ROLE.name) ?? ''],
      now,
    })
  })
}
