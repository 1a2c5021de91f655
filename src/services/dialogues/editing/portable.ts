// A dialogue as a file: as it is saved, but with names in place of ids, so that another workspace can import it.
import { fault } from '../../input.ts'
import type { DraftedDialogue } from '../definition/compile.ts'
import type { DraftCard } from '../definition/draft.ts'
import { INPUT_FIELDS } from '../definition/problem.ts'

export const FILE_FORMAT = 'switchboard-dialogue/1'

/** Deeper than any dialogue: what is nested without end would overflow the stack. */
export const MAX_FILE_DEPTH = 20

/** Attributes are named like `company.industry`, agents by their e-mail, teams and flows by their names. */
export type NamedKind = 'attribute' | 'agent' | 'team' | 'flow'

/** The properties that name something: in drafts, in files and in the input of `saveDialogue`. */
const REFERENCES: { draft: string; file: string; input: string; kind: NamedKind }[] = [
  { draft: 'attribute', file: 'attribute', input: 'attributeId', kind: 'attribute' },
  { draft: 'agentNameTo', file: 'agentNameTo', input: 'agentNameToId', kind: 'attribute' },
  { draft: 'agentEmailTo', file: 'agentEmailTo', input: 'agentEmailToId', kind: 'attribute' },
  { draft: 'agentId', file: 'agent', input: 'agentId', kind: 'agent' },
  { draft: 'teamId', file: 'team', input: 'teamId', kind: 'team' },
  { draft: 'flowId', file: 'flow', input: 'flowId', kind: 'flow' },
]

/** @param nameOf null: what the id names was deleted
 * @returns JSON that `toInput` reads */
export function toFile(
  { draft, ...columns }: DraftedDialogue & { description: string | null },
  nameOf: (kind: NamedKind, id: string) => string | null,
): Record<string, unknown> {
  const { audience, targetUrls, excludedUrls, trigger } = draft
  const cards = draft.cards.map(({ kind, ...card }: DraftCard) => ({ [INPUT_FIELDS[kind]]: card }))
  const named = mapReferences(
    { audience, targetUrls, excludedUrls, trigger, cards },
    { from: 'draft', to: 'file', map: ({ kind, value }) => nameOf(kind, value) ?? '(deleted)' },
  )
  return { format: FILE_FORMAT, ...columns, ...(named as object) }
}

/** Something that a file names. */
export interface FileReference {
  kind: NamedKind
  name: string
  /** Its place in the file. */
  path: string[]
}

export function referencesIn(file: unknown): FileReference[] {
  const found: FileReference[] = []
  const map: Mapping['map'] = ({ kind, value: name, path }) => {
    found.push({ kind, name, path })
    return name
  }
  mapReferences(file, { from: 'file', to: 'input', map })
  return found
}

/** @returns what `saveDialogue` would be called with, if the file is one */
export function toInput(file: unknown, idOf: (reference: FileReference) => string): unknown {
  const map: Mapping['map'] = ({ value: name, ...reference }) => idOf({ ...reference, name })
  return mapReferences(file, { from: 'file', to: 'input', map })
}

/** @param path of a value in the input
 * @returns its path in the file */
export function pathInFile(path: string[]): string[] {
  return path.map((key) => REFERENCES.find(({ input }) => input === key)?.file ?? key)
}

/** @returns what is wrong with the depth of a file */
export function depthFault(file: unknown, levels = MAX_FILE_DEPTH): ReturnType<typeof fault> | null {
  if (typeof file !== 'object' || file === null) return null
  if (levels === 0) {
    return fault('OUT_OF_RANGE', `Must be nested at most ${MAX_FILE_DEPTH} levels deep.`, MAX_FILE_DEPTH)
  }
  for (const inner of Object.values(file)) {
    const found = depthFault(inner, levels - 1)
    if (found !== null) return found
  }
  return null
}

interface Mapping {
  from: 'draft' | 'file'
  to: 'file' | 'input'
  map: (reference: { kind: NamedKind; value: string; path: string[] }) => string
}

/** A file has names only. */
const isIdOnly = (key: string) => REFERENCES.some(({ input, file }) => input === key && file !== key)

/** Renames the properties that name something, and maps their values. A card of a flow has the same name as the flow in
 * it, but is an object. */
function mapReferences(value: unknown, mapping: Mapping, path: string[] = []): unknown {
  if (Array.isArray(value)) {
    return value.map((inner, index) => mapReferences(inner, mapping, [...path, String(index)]))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    if (mapping.from === 'file' && isIdOnly(key)) return []
    const at = [...path, key]
    const reference = REFERENCES.find((each) => each[mapping.from] === key)
    if (reference === undefined || (typeof inner === 'object' && inner !== null)) {
      return [[key, mapReferences(inner, mapping, at)]]
    }
    const { kind } = reference
    return [
      [
        reference[mapping.to],
        typeof inner === 'string' ? mapping.map({ kind, value: inner, path: at }) : inner,
      ],
    ]
  })
  return Object.fromEntries(entries)
}
