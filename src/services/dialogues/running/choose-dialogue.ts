// Which dialogue a page view shows (docs/semantics.md, section 10). Pure.

import type { ReadValue } from '../../attributes/attribute.ts'
import { evaluate } from '../../attributes/conditions.ts'
import type { Page } from '../definition/targets.ts'
import type { Program } from './program.ts'

/** A dialogue or a flow as visitors get it. */
export interface Published {
  dialogueId: string
  versionId: string
  program: Program
}

/** A session that is not over. */
export interface OpenSession {
  id: string
  dialogueId: string
  versionId: string
  /** When it was last answered, in RFC 3339; null: not yet. */
  answeredAt: string | null
  /** Whether the client may show it. */
  isTriggered: boolean
  /** Whether it is of a flow, which can be completed any number of times. */
  isFlow: boolean
}

export interface Resolution {
  /** By priority, then age. */
  published: Published[]
  /** Of the visitor, and of its person's other browsers if it is verified. */
  open: OpenSession[]
  /** The dialogues that the visitor has completed. */
  completedIds: ReadonlySet<string>
  /** null: no dialogue is for it. */
  page: Page | null
  /** Values of the visitor's audience. */
  read: ReadValue
}

/** CONTINUE: an engaged session goes on. SHOW: the dialogue is shown from its beginning, in a session that is open already
 * or in a new one. */
export type Shown =
  | { kind: 'CONTINUE'; session: OpenSession }
  | { kind: 'SHOW'; published: Published; session: OpenSession | null }

/** @returns null if no dialogue is shown */
export function chooseDialogue({ published, open, completedIds, page, read }: Resolution): Shown | null {
  // Another browser may have completed it, or both before it was known that they are of one person.
  const engaged = lastAnswered(
    open.filter(({ isFlow, dialogueId }) => isFlow || !completedIds.has(dialogueId)),
  )
  if (engaged !== null) return { kind: 'CONTINUE', session: engaged }
  if (page === null) return null
  const chosen = published.find(({ dialogueId, program }) => {
    const { kind, audience } = program.definition
    return (
      kind === 'DIALOGUE' && !completedIds.has(dialogueId) && program.isFor(page) && evaluate(audience, read)
    )
  })
  return chosen === undefined ? null : show(chosen, open)
}

/** A flow is for every page and everybody, as often as the page begins it. */
export function chooseFlow(
  flowId: string,
  { published, open }: Pick<Resolution, 'published' | 'open'>,
): Shown | null {
  const ofFlow = open.filter(({ dialogueId }) => dialogueId === flowId)
  const engaged = lastAnswered(ofFlow)
  if (engaged !== null) return { kind: 'CONTINUE', session: engaged }
  const flow = published.find(
    ({ dialogueId, program }) => dialogueId === flowId && program.definition.kind === 'FLOW',
  )
  return flow === undefined ? null : show(flow, open)
}

const show = (published: Published, open: OpenSession[]): Shown => ({
  kind: 'SHOW',
  published,
  session:
    open.find(({ dialogueId, answeredAt }) => dialogueId === published.dialogueId && answeredAt === null) ??
    null,
})

function lastAnswered(open: OpenSession[]): OpenSession | null {
  const engaged = open.filter(({ answeredAt }) => answeredAt !== null)
  return engaged.reduce<OpenSession | null>(
    (last, session) =>
      last === null || (session.answeredAt ?? '') > (last.answeredAt ?? '') ? session : last,
    null,
  )
}
