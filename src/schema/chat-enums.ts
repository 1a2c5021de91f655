// The values that live chats are described with.
import { builder } from './builder.ts'

export const ConversationStateRef = builder.enumType('ConversationState', {
  description: 'Where a conversation stands.',
  values: {
    AUTOMATED: { description: 'A dialogue is talking; nobody has asked for an agent.' },
    REQUESTED: { description: 'The visitor has asked for an agent, and somebody is being looked for.' },
    OFFERED: { description: 'An agent is asked to take it (see `offers`).' },
    ACTIVE: { description: 'An agent and the visitor talk.' },
    ENDED: { description: 'Over: one of them has ended it.' },
    TIMED_OUT: { description: 'Over: nobody wrote for `idleTimeoutMinutes`, or its agent has left.' },
    MISSED: { description: 'Over: nobody was there to take it, or nobody did. See `fallback`.' },
    ABANDONED: {
      description:
        'Over: the visitor gave it up before anybody had taken it, or went: it had followed the chat (`conversationEvents`), and was gone for 15 seconds.',
    },
  },
})

export const OfferStateRef = builder.enumType('OfferState', {
  description: 'What became of an offer.',
  values: {
    PENDING: { description: 'Open: the agent may accept or decline until `expiresAt`.' },
    ACCEPTED: { description: 'The agent has taken the chat.' },
    DECLINED: { description: 'The agent did not want it.' },
    EXPIRED: { description: 'The time was up.' },
    RESCINDED: {
      description: 'The chat was over before the agent answered: the visitor gave it up, or went.',
    },
    REVOKED: { description: 'The agent became unavailable, signed off for good, or was removed.' },
  },
})

export const AuthorRef = builder.enumType('Author', {
  description: 'Who says something in a conversation.',
  values: {
    VISITOR: { description: 'The visitor of the website.' },
    AGENT: { description: 'An agent, see `agent`.' },
    BOT: { description: 'A dialogue.' },
    SYSTEM: { description: 'The product itself.' },
  },
})
