// Reads the published flows that drafts have as cards. Each can be as large as a dialogue may be, and a draft can have
// hundreds of them: their cards are read only where the whole is small enough to be published.
import type { Database, Transaction } from '../../../database/open.ts'
import type { Draft } from '../definition/draft.ts'
import type { FlowOutline } from '../definition/outline.ts'
import { isTooLarge, type Surroundings } from '../definition/problems.ts'
import { definitionFrom } from '../definition/stored.ts'
import { flowIdsOf } from '../definition/uses.ts'

type Outlines = Map<string, (Omit<FlowOutline, 'definition'> & { versionId: string }) | null>

/** @param drafts any number: the statements are the same two
 * @returns the flows by id, without deleted ones; null: it is not published */
export async function readFlows(
  database: Database | Transaction,
  { workspaceId, drafts }: { workspaceId: string; drafts: Draft[] },
): Promise<Surroundings['flows']> {
  const flowIds = flowIdsOf(drafts.flatMap(({ cards }) => cards))
  if (flowIds.length === 0) return new Map()
  const outlines = await readOutlines(database, { workspaceId, flowIds })
  const unread = new Map([...outlines].map(([id, flow]) => [id, flow && { ...flow, definition: null }]))
  const small = drafts.filter((draft) => !isTooLarge(draft, unread))
  const versionIds = flowIdsOf(small.flatMap(({ cards }) => cards)).flatMap(
    (id) => outlines.get(id)?.versionId ?? [],
  )
  const versions = await database.dialogueVersion.findMany({
    where: { workspaceId, id: { in: versionIds } },
    select: { id: true, definition: true },
  })
  const definitions = new Map(versions.map((version) => [version.id, definitionFrom(version)]))
  return new Map(
    [...outlines].map(([id, flow]) => [
      id,
      flow && { ...flow, definition: definitions.get(flow.versionId) ?? null },
    ]),
  )
}

interface Row {
  id: string
  versionId: string | null
  cardCount: number
  bytes: number
  flowIds: string[]
}

async function readOutlines(
  database: Database | Transaction,
  { workspaceId, flowIds }: { workspaceId: string; flowIds: string[] },
): Promise<Outlines> {
  const rows = await database.$queryRaw<Row[]>`
    SELECT d."id", v."id" AS "versionId", jsonb_array_length(v."definition" -> 'cards') AS "cardCount",
      octet_length(v."definition"::text) AS "bytes", v."definition" -> 'flowIds' AS "flowIds"
    FROM "Dialogue" d LEFT JOIN "DialogueVersion" v ON v."id" = d."publishedVersionId"
    WHERE d."workspaceId" = ${workspaceId}::uuid AND d."id" = ANY (${flowIds}::uuid[])
      AND d."kind" = 'FLOW' AND d."deletedAt" IS NULL`
  return new Map(
    rows.map(({ id, versionId, ...outline }) => [id, versionId === null ? null : { ...outline, versionId }]),
  )
}
