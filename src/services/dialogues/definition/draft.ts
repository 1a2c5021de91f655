// What is edited of a dialogue: its cards, and who gets it where and when. Attributes, agents, teams and flows are named by
// their ids.
import type { ConditionGroup } from '../../attributes/conditions.ts'
import type { RoutingTarget } from '../../routing/pool.ts'

/** When a dialogue shows, after the page has opened. The client measures; null: at once. All that are given must be met. */
export interface Trigger {
  timeOnPageSeconds: number | null
  timeOnSiteSeconds: number | null
  scrollPercent: number | null
}

/** Who gets the meeting or the chat. Routing by rules can be drafted, and not be published yet. */
export type CardRouting = RoutingTarget | { rules: true }

interface CardBase {
  /** Stays the same over versions. Unique in its dialogue. */
  key: string
  /** The key of the card that follows; null: the dialogue ends here, or each of several ways names its own. */
  next: string | null
}

export interface MessageCard extends CardBase {
  kind: 'MESSAGE'
  text: string
}

export interface CardAnswer {
  key: string
  label: string
  /** What is stored in the card's attribute. */
  value: string
  /** null: the card's own. */
  next: string | null
}

export interface QuestionCard<Of> extends CardBase {
  kind: 'QUESTION'
  text: string
  attribute: Of | null
  answers: CardAnswer[]
}

export interface CaptureCard<Of> extends CardBase {
  kind: 'CAPTURE'
  text: string
  attribute: Of
  placeholder: string | null
  /** What becomes of the card if the visitor has a value already. */
  whenKnown: 'OVERWRITE' | 'SKIP'
}

export interface MeetingCard<Of, Routing = RoutingTarget> extends CardBase {
  kind: 'MEETING'
  text: string
  routing: Routing
  agentNameTo: Of | null
  agentEmailTo: Of | null
}

/** The last of its branch. */
export interface LiveChatCard<Routing = RoutingTarget> extends CardBase {
  kind: 'LIVE_CHAT'
  text: string
  routing: Routing
}

export interface CardBranch<Of> {
  key: string
  /** null: none are asked for. */
  conditions: ConditionGroup<Of> | null
  /** Whether an agent must be available for a live chat, or none; null: no matter. */
  liveAgentAvailable: boolean | null
  next: string
}

/** Goes on with the first branch that is met; its own `next` otherwise. */
export interface BranchCard<Of> extends CardBase {
  kind: 'BRANCH'
  branches: CardBranch<Of>[]
}

export interface GoalCard extends CardBase {
  kind: 'GOAL'
  goal: string
  score: number | null
}

export interface DocumentCard extends CardBase {
  kind: 'DOCUMENT'
  name: string
  url: string
}

export interface ActionCard<Of> extends CardBase {
  kind: 'ACTION'
  attribute: Of
  /** With tokens. */
  value: string
}

/** Goes through the cards of a flow. */
export interface FlowCard extends CardBase {
  kind: 'FLOW'
  flowId: string
}

/** The cards that run. @param Of an attribute: its id in a draft, its definition in a version */
export type RunningCard<Of, Routing = RoutingTarget> =
  | MessageCard
  | QuestionCard<Of>
  | CaptureCard<Of>
  | MeetingCard<Of, Routing>
  | LiveChatCard<Routing>
  | BranchCard<Of>
  | GoalCard
  | DocumentCard
  | ActionCard<Of>

export type DraftCard = RunningCard<string, CardRouting> | FlowCard

/** Stored in `Dialogue.draft`; name, kind and priority are columns. */
export interface Draft {
  audience: ConditionGroup<string>
  targetUrls: string[]
  excludedUrls: string[]
  trigger: Trigger | null
  /** The first one begins the dialogue. */
  cards: DraftCard[]
}
