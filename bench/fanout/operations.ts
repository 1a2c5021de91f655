// The operations, with the same selections for all contestants.

/** Subscribes to events as a dashboard shows them. */
export function workspaceEvents({ alias = 'workspaceEvents', withCursor = true } = {}): string {
  return `subscription Dashboard {
  ${alias}: workspaceEvents {
    __typename
    ... on Event { ${withCursor ? 'cursor ' : ''}at }
    ... on MeetingChanged { meeting { id subject startsAt endsAt agent { id name } } change { kind } }
  }
}`
}

export const AGENT_EVENTS = `subscription Console {
  agentEvents {
    __typename
    ... on Event { cursor at }
    ... on MeetingChanged { meeting { id subject startsAt endsAt } change { kind } }
  }
}`

export const SLOTS_CHANGED = `subscription DatePicker($from: DateTime!, $to: DateTime!) {
  slotsChanged(target: { roundRobin: true }, from: $from, to: $to, timeZone: "Europe/Berlin") {
    timeZone
    nextAvailable
    days { date slots { startsAt endsAt } }
  }
}`

/** The part of our schema that the other contestants serve. Their events come from memory, without a database. */
export const PEER_SCHEMA = `
  scalar DateTime
  interface Event { cursor: String! at: DateTime! }
  type Agent { id: ID! name: String! }
  type Meeting { id: ID! subject: String! startsAt: DateTime! endsAt: DateTime! agent: Agent! }
  type MeetingChange { kind: String! }
  type MeetingChanged implements Event { cursor: String! at: DateTime! meeting: Meeting! change: MeetingChange! }
  type CaughtUp implements Event { cursor: String! at: DateTime! }
  union WorkspaceEvent = MeetingChanged | CaughtUp
  type Slot { startsAt: DateTime! endsAt: DateTime! }
  type Day { date: String! slots: [Slot!]! }
  type SlotCalendar { timeZone: String! nextAvailable: DateTime days: [Day!]! }
  input Target { roundRobin: Boolean }
  type Query { nothing: Boolean }
  type Subscription {
    workspaceEvents: WorkspaceEvent!
    agentEvents: WorkspaceEvent!
    slotsChanged(target: Target!, from: DateTime!, to: DateTime!, timeZone: String!): SlotCalendar!
  }
`

/** An event of the same length as ours. */
export const PEER_EVENT = {
  __typename: 'MeetingChanged',
  cursor: 'AAAAAAAAZmXyW3m0y2Nn1pOqv8bRkQ',
  at: '2026-10-10T00:00:00.000Z',
  meeting: {
    id: 'TWVldGluZzowMTk5Y2E4OC1iYzAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA',
    subject: 'A meeting with Grace Hopper',
    startsAt: '2026-10-12T09:00:00.000Z',
    endsAt: '2026-10-12T09:30:00.000Z',
    agent: { id: 'QWdlbnQ6MDE5OWNhODgtYmMwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw', name: 'Agent 1' },
  },
  change: { kind: 'BOOKED' },
}
