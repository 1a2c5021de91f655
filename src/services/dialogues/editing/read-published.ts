import type { Dialogue } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Definition } from '../definition/compiled.ts'
import { definitionFrom } from '../definition/stored.ts'

/** @returns what visitors get of a dialogue; null: it is not published */
export async function readPublished(
  tx: Transaction,
  { publishedVersionId: id }: Pick<Dialogue, 'publishedVersionId'>,
): Promise<Definition | null> {
  if (id === null) return null
  const select = { definition: true } as const
  return definitionFrom(await tx.dialogueVersion.findUniqueOrThrow({ where: { id }, select }))
}
