// What a viewer looks at, and what a mutation changes of it.
import type { Slots } from './chats.ts'
import type { Variables } from './clients/client.ts'
import { administrator, type Person } from './people.ts'
import type { ScreenName } from './screens.ts'

export interface Case {
  screen: ScreenName
  viewer: Person
  input: Variables
  /** The variables of the screen's query. */
  variables?: Variables
}

/** By mutation. */
export type Cases = Record<string, (() => Promise<Case>)[]>

/** The administrator looks at the agents whom a search finds. */
export const inSettings = (input: Variables, search = 'nobody'): Case => ({
  screen: 'Settings',
  viewer: administrator,
  input,
  variables: { search },
})
/** An agent looks at the chats and meetings with a visitor. */
export const inConsole = (viewer: Person, input: Variables, search = 'nobody'): Case => ({
  screen: 'Console',
  viewer,
  input,
  variables: { search },
})
export const asVisitor = ({ visitor, variables }: Slots, input: Variables): Case => ({
  screen: 'Visitor',
  viewer: visitor,
  input,
  variables,
})
