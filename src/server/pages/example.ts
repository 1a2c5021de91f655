// An operation that a newcomer runs.

export interface Example {
  name: string
  /** Who runs it: an agent, the visitor whose token `startVisit` returned, or a client without a token. */
  as: 'STAFF' | 'VISITOR' | 'ANYBODY'
  description: string
  query: string
  variables: Record<string, unknown>
}
