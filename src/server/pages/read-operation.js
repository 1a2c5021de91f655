/** Strings and comments, which can contain anything; the name of a fragment; a bracket; or the beginning of an operation. */
const PARTS =
  /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#.*|\bfragment\s+\w+|([{(])|([})])|(?<![$@\w])(query|mutation|subscription)\b\s*(\w*)/g

/**
 * Shortly after a change of tabs, GraphiQL still has the name and the document of the tab before; only the text is right.
 * @returns the operation to send, and whether it is a subscription
 */
export function readOperation({ query, operationName, ...operation }) {
  const found = listOperations(query)
  const chosen = found.find(({ name }) => name === operationName) ?? found[0]
  return {
    operation: { ...operation, query, ...(found.length > 1 ? { operationName } : {}) },
    isSubscription: chosen?.kind === 'subscription',
  }
}

/** Within brackets the words are names of fields and arguments. */
function listOperations(text) {
  const found = []
  let depth = 0
  for (const [, opened, closed, kind, name] of text.matchAll(PARTS)) {
    if (opened) depth += 1
    if (closed) depth -= 1
    if (kind && depth === 0) found.push({ kind, name })
  }
  return found
}
