// Measures the size of a GraphQL document for the limits of docs/limits.md. Each measure takes time linear in the
// length of the document, however its fragments refer to each other.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  Lexer,
  type SelectionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  visit,
} from 'graphql'

/** Whether a source has more tokens than `than`. Stops reading at the first token beyond. Comments do not count. */
export function hasMoreTokens(source: string, than: number): boolean {
  const lexer = new Lexer(new Source(source))
  try {
    for (let tokens = 0; lexer.advance().kind !== TokenKind.EOF; ) {
      tokens++
      if (tokens > than) return true
    }
  } catch {
    // This is a syntax error. The parser finds it again, and reports where.
  }
  return false
}

/** How deep the fields of a document are nested, through its fragments: 1 for `{ viewer }`. A fragment that
 * includes itself is infinitely deep. Introspection does not count: GraphQL's own rule limits it. */
export function depthOf(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
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

function isIntrospection(field: string): boolean {
  return field === '__schema' || field === '__type'
}
