// Operations that gql.tada types from the schema alone; TypeScript checks them (compilers.test.ts).
import { initGraphQLTada, type ResultOf, type VariablesOf } from 'gql.tada'
import type { introspection } from './generated/tada-env.d.ts'

const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: { DateTime: string; TimeZone: string }
}>()

const bookMeeting = graphql(`
  mutation BookMeeting($input: BookMeetingInput!) {
    bookMeeting(input: $input) {
      __typename
      ... on Meeting { id startsAt agent { name } }
      ... on MeetingAwaitingConfirmation { reservedUntil }
      ... on SlotUnavailableError { message alternatives { startsAt } }
      ... on InvalidInputError { issues { path message } }
      ... on Error { message }
    }
  }
`)

const agentEvents = graphql(`
  subscription Console {
    agentEvents { __typename ... on MeetingChanged { meeting { startsAt } } }
  }
`)

export const input: VariablesOf<typeof bookMeeting>['input'] = {
  slot: { free: { target: { roundRobin: true }, startsAt: '2026-12-01T09:00:00Z' } },
  timeZone: 'Europe/Berlin',
}

/** What a front end shows of a booking; it compiles only if each member of the result has its fields. */
export function describe({ bookMeeting: result }: ResultOf<typeof bookMeeting>): string {
  switch (result.__typename) {
    case 'Meeting':
      return `${result.agent.name}, ${result.startsAt}`
    case 'MeetingAwaitingConfirmation':
      return `until ${result.reservedUntil}`
    case 'SlotUnavailableError':
      return result.alternatives.map(({ startsAt }) => startsAt).join(', ')
    case 'InvalidInputError':
      return result.issues.map(({ path }) => path.join('.')).join(', ')
    default:
      return result.message
  }
}

export type Event = ResultOf<typeof agentEvents>['agentEvents']['__typename']
