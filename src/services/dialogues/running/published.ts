// The dialogues that a node has read: versions never change, and those that a workspace has published change with its
// revision.
import type { Database } from '../../../database/open.ts'
import { PromiseCache } from '../../promise-cache.ts'
import type { Definition } from '../definition/compiled.ts'
import type { Published } from './choose-dialogue.ts'
import { type Program, toProgram } from './program.ts'

/** A workspace with many large dialogues takes some MiB. */
const MAX_WORKSPACES = 200
const MAX_VERSIONS = 1000

interface Cache {
  /** By workspace and revision. */
  published: PromiseCache<Published[], string>
  versions: PromiseCache<Program, string>
}

/** A node has one database. */
const caches = new WeakMap<Database, Cache>()

function cacheOf(database: Database): Cache {
  const known = caches.get(database)
  if (known) return known
  const cache = {
    published: new PromiseCache<Published[], string>(MAX_WORKSPACES),
    versions: new PromiseCache<Program, string>(MAX_VERSIONS),
  }
  caches.set(database, cache)
  return cache
}

/** Must not be called in a transaction.
 * @param which.revision the workspace's `dialogueRevision`
 * @returns what the workspace has published, by priority, then age */
export function readPublished(
  database: Database,
  { workspaceId, revision }: { workspaceId: string; revision: number },
): Promise<Published[]> {
  const { published } = cacheOf(database)
  return published.get(`${workspaceId} ${revision}`, () => loadPublished(database, workspaceId))
}

async function loadPublished(database: Database, workspaceId: string): Promise<Published[]> {
  const rows = await database.$queryRaw<{ dialogueId: string; versionId: string; definition: Definition }[]>`
    SELECT d."id" AS "dialogueId", v."id" AS "versionId", v."definition"
    FROM "Dialogue" d JOIN "DialogueVersion" v ON v."id" = d."publishedVersionId"
    WHERE d."workspaceId" = ${workspaceId}::uuid AND d."deletedAt" IS NULL
    ORDER BY (v."definition"->>'priority')::int, d."createdAt", d."id"`
  const { versions } = cacheOf(database)
  return Promise.all(
    rows.map(async ({ definition, ...ids }) => {
      return { ...ids, program: await versions.get(ids.versionId, async () => toProgram(definition)) }
    }),
  )
}

/** Must not be called in a transaction. */
export function readVersion(database: Database, versionId: string): Promise<Program> {
  return cacheOf(database).versions.get(versionId, async () => {
    const { definition } = await database.dialogueVersion.findUniqueOrThrow({ where: { id: versionId } })
    return toProgram(toDefinition(definition))
  })
}

/** @param stored a definition as the database has it. Only what was checked is stored */
export const toDefinition = (stored: unknown): Definition => stored as Definition
