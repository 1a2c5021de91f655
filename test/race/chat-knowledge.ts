// What those who act on live chats at random know of them: shared among them, and often out of date.
import type { App } from '../../src/app.ts'
import type { AgentViewer, VisitorViewer } from '../../src/services/identity/viewer.ts'
import type { ChatScene } from './chat-scene.ts'

/** Of chats and offers, the latest so many are acted on. */
export const MOST_KNOWN = 48

interface KnownChat {
  id: string
  visitor: VisitorViewer
  /** Who has it, as far as is known. */
  agent: AgentViewer | null
}

/** What the workers know; shared, and out of date. */
export interface Knowledge {
  chats: KnownChat[]
  offers: { id: string; chatId: string; agentId: string }[]
  teamIds: string[]
  /** Removed ones included: what they do meanwhile must be refused, or do no harm. */
  everybody: Map<string, AgentViewer>
}

export interface Step {
  scene: ChatScene
  node: App
  /** The other one, for calls that reach both at once. */
  other: App
  known: Knowledge
  random(below: number): number
}

/** What came of it; undefined: it was done. */
export type Outcome = Promise<string | undefined>

export function createKnowledge({ agents, admin }: ChatScene, teamIds: string[]): Knowledge {
  const everybody = new Map([...agents, admin].map((agent) => [agent.agentId, agent]))
  return { chats: [], offers: [], teamIds, everybody }
}

export const one = <Item>(items: Item[], { random }: Pick<Step, 'random'>): Item | undefined =>
  items[random(items.length)]

/** Chats that are over are not acted on for ever. */
export function forget({ known }: Step, chat: KnownChat): void {
  known.chats = known.chats.filter(({ id }) => id !== chat.id)
}

export const anyAgent = (step: Step): AgentViewer => one(step.scene.agents, step)!
