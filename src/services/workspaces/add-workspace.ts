// Adds a workspace to an installation that may have others, for an operator: the API has no mutation for it.
import { z } from 'zod'
import type { Workspace } from '../../database/generated/client/client.ts'
import { lockInstallation } from '../../database/locks.ts'
import { ConflictError } from '../../errors.ts'
import type { Services } from '../context.ts'
import { email, line, MAX_NAME_LENGTH, parseInput, timeZone } from '../input.ts'
import { equalling } from '../search.ts'
import { insertAdministered } from './first-workspace.ts'

const workspaceInput = z.object({ name: line(MAX_NAME_LENGTH), timeZone, admin: email })

/** @param raw.admin e-mail address of the administrator, who signs in with it
 * @throws InvalidInputError
 * @throws ConflictError when a workspace has the name, in whatever case: the command may have been run before, and people
 * who choose a workspace would not tell the two apart */
export async function addWorkspace(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  raw: z.input<typeof workspaceInput>,
): Promise<Workspace> {
  const { name, timeZone, admin: adminEmail } = parseInput(workspaceInput, raw, [])
  return database.$transaction(async (tx) => {
    await lockInstallation(tx)
    const namesake = await tx.workspace.findFirst({ where: { name: equalling(name) } })
    if (namesake)
      throw new ConflictError('NAME_TAKEN', `There is a workspace with the name ${namesake.name} already.`)
    return insertAdministered(tx, { name, timeZone, adminEmail, now: clock.now() })
  })
}
