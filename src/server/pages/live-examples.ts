// The subscriptions among GraphiQL's tabs: they go on until they are stopped, and show what other tabs do.
import type { Example } from './examples.ts'

export const LIVE_EXAMPLES: Example[] = [
  {
    name: 'Live events',
    as: 'STAFF',
    description: 'What happens in the workspace, as it happens: run it, then book in another tab.',
    query: `subscription LiveEvents {
  workspaceEvents {
    __typename
    ... on Event { at cursor }
    ... on MeetingChanged { change { kind actor } meeting { startsAt agent { name } } }
    ... on RoutingChanged { queue { next { name } } }
  }
}`,
    variables: {},
  },
]
