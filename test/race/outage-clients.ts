// The clients of an outage: a visitor's chat and an agent's console, which keep what their events told them.
import { ReturningClient, type ReturningClientOptions } from '../kit/returning-client.ts'

export interface Offer {
  id: string
  state: string
  expiresAt: string
}

/** What a client knows of a conversation; only consoles know offers. */
export interface KnownChat {
  state: string | undefined
  /** Of its messages, in order. */
  texts: string[]
  offers: Offer[]
}

interface ChatEvent extends Partial<Conversation> {
  offer?: Offer & Conversation
  message?: { text: string } | null
}

interface Conversation {
  conversationId: string
  conversation: { state: string } | null
}

const OFFER = '{ offer { id state expiresAt conversationId conversation { state } } }'
const CONVERSATION = `
  ... on ConversationChanged { conversationId conversation { state } }
  ... on MessageSent { conversationId message { text } conversation { state } }`
const SELECTIONS = {
  agentEvents: `${CONVERSATION} ... on ChatOffered ${OFFER} ... on ChatOfferSettled ${OFFER}`,
  conversationEvents: CONVERSATION,
}

export interface ChatClientOptions extends Omit<ReturningClientOptions<ChatEvent>, 'selection' | 'onEvent'> {
  field: 'agentEvents' | 'conversationEvents'
}

export class ChatClient extends ReturningClient<ChatEvent> {
  /** By the ids of the conversations. */
  readonly chats: Map<string, KnownChat>

  constructor(options: ChatClientOptions) {
    const chats = new Map<string, KnownChat>()
    super({ ...options, selection: SELECTIONS[options.field], onEvent: (event) => apply(chats, event) })
    this.chats = chats
  }
}

function apply(chats: Map<string, KnownChat>, { offer, message, ...event }: ChatEvent): void {
  const { conversationId, conversation } = offer ?? event
  // It is about something else, as the status of the agent.
  if (conversationId === undefined) return
  const chat = chats.get(conversationId) ?? { state: undefined, texts: [], offers: [] }
  chats.set(conversationId, chat)
  if (conversation) chat.state = conversation.state
  if (message) chat.texts.push(message.text)
  if (offer) {
    const { id, state, expiresAt } = offer
    chat.offers = [...chat.offers.filter((other) => other.id !== id), { id, state, expiresAt }]
  }
}
