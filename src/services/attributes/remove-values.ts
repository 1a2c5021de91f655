// The job that removes the values of an attribute that was deleted, in portions. It can be interrupted at any point and run
// again.
import { Prisma } from '../../database/generated/client/client.ts'
import { lockPeople } from '../../database/locks.ts'
import type { Database, Transaction } from '../../database/open.ts'
import type { Services } from '../context.ts'
import type { DeletedAttributeJob } from '../jobs.ts'
import { runTransaction } from '../transaction.ts'

const PORTION = 500

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

export async function removeValues(services: Services, deleted: DeletedAttributeJob): Promise<void> {
  for (let after: string | undefined = FIRST_ID; after !== undefined; ) {
    const ids = await readPeople(services.database, { deleted, after })
    await runTransaction(services, (tx) => removeFrom(tx, { deleted, ids }))
    after = ids.at(-1)
  }
  const { workspaceId, entity, name } = deleted
  await services.database.deletedAttribute.deleteMany({ where: { workspaceId, entity, name } })
}

/** @returns the next people who have a value */
async function readPeople(
  database: Database,
  { deleted, after }: { deleted: DeletedAttributeJob; after: string },
): Promise<string[]> {
  const people = await database.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Person"
    WHERE "workspaceId" = ${deleted.workspaceId}::uuid AND "id" > ${after}::uuid
      AND jsonb_exists(${columnOf(deleted)}, ${deleted.name})
    ORDER BY "id" LIMIT ${PORTION}`
  return people.map(({ id }) => id)
}

async function removeFrom(
  tx: Transaction,
  { deleted, ids }: { deleted: DeletedAttributeJob; ids: string[] },
): Promise<void> {
  if (ids.length === 0) return
  await lockPeople(tx, Prisma.sql`"id" = ANY (${ids}::uuid[])`)
  await tx.$executeRaw`
    UPDATE "Person" SET ${columnOf(deleted)} = ${columnOf(deleted)} - ${deleted.name}::text
    WHERE "id" = ANY (${ids}::uuid[])`
}

const columnOf = ({ entity }: DeletedAttributeJob) =>
  entity === 'PERSON' ? Prisma.sql`"attributes"` : Prisma.sql`"companyAttributes"`
