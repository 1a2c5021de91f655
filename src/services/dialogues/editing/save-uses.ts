// Keeps the attributes that a dialogue uses, in its draft or as published, from being deleted.
import type { Transaction } from '../../../database/open.ts'
import type { Attribute } from '../../attributes/attribute.ts'
import { saveUses } from '../../attributes/uses.ts'
import type { Definition } from '../definition/compiled.ts'
import type { Draft } from '../definition/draft.ts'
import { usedAttributes } from '../definition/uses.ts'

/** @param content.published null: it is not published
 * @param content.attributes those of the workspace, by id, read in this transaction
 * @throws RestartTransaction when one of them was deleted meanwhile */
export function saveUsesOfDialogue(
  tx: Transaction,
  {
    workspaceId,
    dialogueId,
    ...content
  }: {
    workspaceId: string
    dialogueId: string
    draft: Draft
    published: Definition | null
    attributes: ReadonlyMap<string, Attribute>
  },
): Promise<void> {
  const { draft, published } = content
  const attributes = [...content.attributes.values()]
  const used = [
    ...usedAttributes(draft, { idOf: (id) => id, attributes }),
    ...(published === null ? [] : usedAttributes(published, { idOf: ({ id }) => id, attributes })),
  ]
  const attributeIds = [...new Set(used)].filter((id) => content.attributes.has(id))
  return saveUses(tx, { workspaceId, dialogueId, attributeIds })
}
