// Measures the size of a GraphQL document for the limits of docs/limits.md. Each measure takes time linear in the
// length of the document, or ends at its limit, however its fragments refer to each other.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  Lexer,
  type SelectionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  visit,
} from 'graphql'

/** Comments are no tokens. */
export type LengthLimit = Record<'tokens' | 'lines' | 'nameLength', number>

/** @returns which limit a source exceeds; null: none. Stops reading at the first token beyond */
export function findExceeded(source: string, limits: LengthLimit): keyof LengthLimit | null {
  const lexer = new Lexer(new Source(source))
  try {
    for (let tokens = 0; ; tokens++) {
      const { kind, line, value } = lexer.advance()
      if (line > limits.lines) return 'lines'
      if (kind === TokenKind.EOF) return null
      if (tokens === limits.tokens) return 'tokens'
      if (kind === TokenKind.NAME && value.length > limits.nameLength) return 'nameLength'
    }
  } catch {
    // This is a syntax error. The parser finds it again, and reports where.
    return null
  }
}

/** How deep the fields of a document are nested, through its fragments: 1 for `{ viewer }`. A fragment that
 * includes itself is infinitely deep. Introspection does not count: GraphQL's own rule limits it. */
export function depthOf(document: DocumentNode): number {
  const fragments = fragmentsOf(document)
  const known = new Map<string, number>()
  const depthOfSet = (set: SelectionSetNode | undefined): number =>
    set === undefined ? 0 : set.selections.reduce((depth, node) => Math.max(depth, depthOfNode(node)), 0)
  const depthOfNode = (node: SelectionNode): number => {
    if (node.kind === Kind.FRAGMENT_SPREAD) return depthOfFragment(node.name.value)
    if (node.kind === Kind.INLINE_FRAGMENT) return depthOfSet(node.selectionSet)
    return isIntrospection(node.name.value) ? 1 : 1 + depthOfSet(node.selectionSet)
  }
  const depthOfFragment = (name: string): number => {
    const depth = known.get(name)
    if (depth !== undefined) return depth
    // A spread of the fragment within itself finds this depth.
    known.set(name, Number.POSITIVE_INFINITY)
    const found = depthOfSet(fragments.get(name)?.selectionSet)
    known.set(name, found)
    return found
  }
  return document.definitions.reduce(
    (depth, node) =>
      node.kind === Kind.OPERATION_DEFINITION ? Math.max(depth, depthOfSet(node.selectionSet)) : depth,
    0,
  )
}

/** Counts the aliases and the directives of a document as written, without following fragments. */
export function countAliasesAndDirectives(document: DocumentNode): { aliases: number; directives: number } {
  const count = { aliases: 0, directives: 0 }
  visit(document, {
    Field: ({ alias }) => {
      if (alias) count.aliases++
    },
    Directive: () => {
      count.directives++
    },
  })
  return count
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
}

export interface SelectionSize {
  /** Fields and fragments, through fragments, each as often as an operation selects it. */
  selections: number
  /** What it costs to find out whether the fields with the same name in one place can be merged: GraphQL compares each
   * with each other one, and their arguments and selections too. */
  comparisons: number
}

/** Measures all operations of a document, and its fragments by themselves. Ends at the limit.
 * @param document no fragment of which includes itself */
export function measureSelections(document: DocumentNode, limit: SelectionSize): SelectionSize {
  const meter = new SelectionMeter(fragmentsOf(document), limit)
  for (const definition of document.definitions) {
    if ('selectionSet' in definition && definition.selectionSet) meter.measure([definition.selectionSet])
  }
  return meter.size
}

/** What it costs to compare two fragments, and how many characters of arguments cost as much as a field. */
const FRAGMENT_COST = 5
const ARGUMENT_CHARACTERS = 16

class SelectionMeter {
  readonly size: SelectionSize = { selections: 0, comparisons: 0 }
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #limit: SelectionSize

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, limit: SelectionSize) {
    this.#fragments = fragments
    this.#limit = limit
  }

  /** @param sets the selections of fields with the same name in one place, which are merged */
  measure(sets: readonly SelectionSetNode[]): void {
    const fields = new Map<string, FieldNode[]>()
    const spread = new Set<string>()
    for (const set of sets) this.#collect(set, { fields, spread })
    this.size.comparisons += FRAGMENT_COST * pairsOf(spread.size)
    for (const same of fields.values()) {
      if (this.#isBeyond) return
      this.size.comparisons += pairsOf(same.length) * Math.max(...same.map(costOfComparing))
      this.measure(same.flatMap(({ selectionSet }) => selectionSet ?? []))
    }
  }

  get #isBeyond(): boolean {
    const { selections, comparisons } = this.size
    return selections > this.#limit.selections || comparisons > this.#limit.comparisons
  }

  #collect(set: SelectionSetNode, into: { fields: Map<string, FieldNode[]>; spread: Set<string> }): void {
    for (const node of set.selections) {
      this.size.selections++
      if (this.#isBeyond) return
      if (node.kind === Kind.INLINE_FRAGMENT) this.#collect(node.selectionSet, into)
      else if (node.kind === Kind.FIELD) {
        const name = (node.alias ?? node.name).value
        const same = into.fields.get(name)
        if (same) same.push(node)
        else into.fields.set(name, [node])
      } else if (!into.spread.has(node.name.value)) {
        into.spread.add(node.name.value)
        const fragment = this.#fragments.get(node.name.value)
        if (fragment) this.#collect(fragment.selectionSet, into)
      }
    }
  }
}

const pairsOf = (count: number) => (count * (count - 1)) / 2

function costOfComparing({ arguments: given = [] }: FieldNode): number {
  const [from, to] = [given[0]?.loc?.start ?? 0, given.at(-1)?.loc?.end ?? 0]
  return 1 + (to - from) / ARGUMENT_CHARACTERS
}

function isIntrospection(field: string): boolean {
  return field === '__schema' || field === '__type'
}
