// What the workers know of the live chats on which they act at random. They share it, and it is often out of date.
import type { App } from '../../src/app.ts'
import type { AgentViewer, VisitorViewer } from '../../src/services/identity/viewer.ts'
import type { ChatScene } from './chat-scene.ts'

/** Workers act on this many of the latest chats and offers. */
export const MOST_KNOWN = 48

interface KnownChat {
  id: string
  visitor: VisitorViewer
  /** The owner, as far as is known. */
  agent: AgentViewer | null
}

export interface Knowledge {
  chats: KnownChat[]
  offers: { id: string; chatId: string; agentId: string }[]
  teamIds: string[]
  /** All agents, including removed ones, whose operations must be refused or harmless. */
  everybody: Map<string, AgentViewer>
}

export interface Step {
  scene: ChatScene
  node: App
  /** The other node, for calls that reach both at once. */
  other: App
  known: Knowledge
  random(below: number): number
}

/** The outcome of an operation; undefined: it succeeded. */
export type Outcome = Promise<string | undefined>

export function createKnowledge({ agents, admin }: ChatScene, teamIds: string[]): Knowledge {
  const everybody = new Map([...agents, admin].map((agent) => [agent.agentId, agent]))
  return { chats: [], offers: [], teamIds, everybody }
}

export const one = <Item>(items: Item[], { random }: Pick<Step, 'random'>): Item | undefined =>
  items[random(items.length)]

/** Stops workers from acting on a chat that has ended. */
export function forget({ known }: Step, chat: KnownChat): void {
  known.chats = known.chats.filter(({ id }) => id !== chat.id)
}

export const anyAgent = (step: Step): AgentViewer => one(step.scene.agents, step)!
