// Fills an empty database at the first start. When several nodes start at once, exactly one of them creates it.
import type { Workspace } from '../../database/generated/client/client.ts'
import { lockInstallation } from '../../database/locks.ts'
import type { Database, Transaction } from '../../database/open.ts'
import { insertAgent } from '../agents/create-agent.ts'
import type { Clock } from '../context.ts'
import { ADMINISTRATOR_ROLE } from '../identity/roles.ts'
import { createWorkspace } from './create-workspace.ts'

/** Runs `create` in a transaction, unless a workspace exists.
 * @returns whether `create` ran */
export async function unlessWorkspaceExists(
  database: Database,
  create: (tx: Transaction) => Promise<void>,
): Promise<boolean> {
  return database.$transaction(async (tx) => {
    await lockInstallation(tx)
    if ((await tx.workspace.count()) > 0) return false
    await create(tx)
    return true
  })
}

/** Creates the first workspace and its administrator, who signs in with that e-mail. The names and the zone are
 * placeholders, which can be changed through the API.
 * @returns false when a workspace exists; then nothing changes */
export async function createFirstWorkspace(
  { database, clock }: { database: Database; clock: Clock },
  adminEmail: string,
): Promise<boolean> {
  const now = clock.now()
  return unlessWorkspaceExists(database, async (tx) => {
    await insertAdministered(tx, { name: 'Switchboard', timeZone: 'UTC', adminEmail, now })
  })
}

/** @param workspace.adminEmail of the administrator, whose name it is at first
 * @returns the workspace */
export async function insertAdministered(
  tx: Transaction,
  { adminEmail, ...workspace }: { name: string; timeZone: string; adminEmail: string; now: Date },
): Promise<Workspace> {
  const created = await createWorkspace(tx, { ...workspace, allowedOrigins: [] })
  await insertAgent(tx, {
    workspaceId: created.workspace.id,
    name: adminEmail,
    email: adminEmail,
    pictureUrl: null,
    roleIds: [created.roleIds.get(ADMINISTRATOR_ROLE.name) ?? ''],
    now: workspace.now,
  })
  return created.workspace
}
