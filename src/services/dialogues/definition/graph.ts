// The cards of a dialogue as a graph, with the cards of its flows: which of them can be reached, and whether visitors are
// asked often enough. Problems within a flow are named by the card that the flow is in.
import type { CardRouting, DraftCard, RunningCard } from './draft.ts'
import { entryOf, followersOf, inlineFlow, mapKeys, type PublishedFlows } from './keys.ts'
import { MAX_STEPS_WITHOUT_ANSWER } from './limits.ts'
import { cardPath, type Problem, type ProblemCode } from './problem.ts'

interface Node {
  key: string
  /** The index of the card in the draft. */
  owner: number
  /** Whether it always waits for an answer. A capture that is skipped if the value is known does not. */
  waits: boolean
  isLiveChat: boolean
  followers: string[]
}

/** @returns unreachable cards, cycles and ways without a question, and live chats with cards after them. What leads to no
 * card is ignored, and a flow that is not published counts as one card that waits */
export function findGraphProblems(cards: DraftCard[], flows: PublishedFlows): Problem[] {
  const [first] = cards
  if (first === undefined) return []
  const entry = entryOf(cards, flows)
  const nodes = nodesOf(cards, { flows, entry })
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const found: Found[] = [
    ...unreachable(nodes, reachableFrom(entry(first.key), byKey)).map((owner) => ({ owner, ...UNREACHABLE })),
    ...withoutAnswer(nodes, byKey),
    ...liveChatsBeforeOthers(nodes, cards),
  ]
  return cards.flatMap((card, index) => {
    const own = new Map(found.flatMap((each) => (each.owner === index ? [[each.code, each]] : [])))
    return [...own.values()].map(({ code, field, message }) => ({
      code,
      cardKey: card.key,
      path: cardPath({ index, card }, field),
      message,
    }))
  })
}

interface Found {
  owner: number
  code: ProblemCode
  field: string
  message: string
}

function nodesOf(
  cards: DraftCard[],
  { flows, entry }: { flows: PublishedFlows; entry: (key: string) => string },
): Node[] {
  return cards.flatMap((card, owner) => {
    if (card.kind !== 'FLOW') return [toNode(mapKeys(card, entry), owner)]
    const flow = flows.get(card.flowId)
    if (flow !== undefined) return inlineFlow(card, { flow, entry }).map((inner) => toNode(inner, owner))
    const followers = card.next === null ? [] : [entry(card.next)]
    return [{ key: card.key, owner, waits: true, isLiveChat: false, followers }]
  })
}

function toNode(card: RunningCard<unknown, CardRouting>, owner: number): Node {
  const isLiveChat = card.kind === 'LIVE_CHAT'
  // That a live chat has followers is a problem of its own.
  return { key: card.key, owner, waits: waits(card), isLiveChat, followers: followersOf(card) }
}

function waits(card: RunningCard<unknown, CardRouting>): boolean {
  if (card.kind === 'CAPTURE') return card.whenKnown === 'OVERWRITE'
  return card.kind === 'QUESTION' || card.kind === 'MEETING'
}

function reachableFrom(start: string, byKey: Map<string, Node>): Set<string> {
  const reached = new Set<string>()
  const pending = [start]
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    const node = byKey.get(key)
    if (node === undefined || reached.has(key)) continue
    reached.add(key)
    pending.push(...node.followers)
  }
  return reached
}

const UNREACHABLE = {
  code: 'UNREACHABLE_CARD',
  field: 'key',
  message: 'No card leads to this one.',
} as const

/** @returns the cards of which nothing is reached */
function unreachable(nodes: Node[], reached: Set<string>): number[] {
  const owners = Map.groupBy(nodes, ({ owner }) => owner)
  return [...owners].flatMap(([owner, own]) => (own.some(({ key }) => reached.has(key)) ? [] : [owner]))
}

/** Walks the cards that do not wait.
 * @returns where a cycle of them closes, and where a way of them becomes too long */
function withoutAnswer(nodes: Node[], byKey: Map<string, Node>): Found[] {
  const found: Found[] = []
  /** How many cards come one after the other without an answer, from this card on; null while it is being found out. */
  const lengths = new Map<string, number | null>()
  const walk = (node: Node): number => {
    lengths.set(node.key, null)
    let longest = 0
    for (const key of node.followers) {
      const follower = byKey.get(key)
      if (follower === undefined || follower.waits) continue
      const known = lengths.get(key)
      if (known === null) found.push({ owner: node.owner, ...CYCLE })
      else longest = Math.max(longest, known ?? walk(follower))
    }
    lengths.set(node.key, longest + 1)
    if (longest === MAX_STEPS_WITHOUT_ANSWER) found.push({ owner: node.owner, ...TOO_MANY_STEPS })
    return longest + 1
  }
  for (const node of nodes) if (!node.waits && !lengths.has(node.key)) walk(node)
  return found
}

const CYCLE = {
  code: 'CYCLE_WITHOUT_ANSWER',
  field: 'next',
  message: 'The card leads back to one before it, and none of those between waits for an answer.',
} as const

const TOO_MANY_STEPS = {
  code: 'TOO_MANY_STEPS',
  field: 'next',
  message: `More than ${MAX_STEPS_WITHOUT_ANSWER} cards follow one after the other without an answer.`,
} as const

function liveChatsBeforeOthers(nodes: Node[], cards: DraftCard[]): Found[] {
  const owners = new Set(nodes.flatMap(({ owner, isLiveChat }) => (isLiveChat ? [owner] : [])))
  return [...owners].flatMap((owner): Found[] => {
    const card = cards[owner]
    if (card === undefined || card.next === null) return []
    return [card.kind === 'FLOW' ? { owner, ...LIVE_CHAT_IN_FLOW } : { owner, ...LIVE_CHAT_NOT_LAST }]
  })
}

const LIVE_CHAT_NOT_LAST = {
  code: 'LIVE_CHAT_NOT_LAST',
  field: 'next',
  message: 'A live chat ends the dialogue: no card can follow.',
} as const

const LIVE_CHAT_IN_FLOW = {
  code: 'LIVE_CHAT_IN_FLOW',
  field: 'next',
  message: 'The flow has a live chat, which ends the dialogue: no card can follow.',
} as const
