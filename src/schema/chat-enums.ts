// The enums of live chats.
import { VISITOR_GONE_MS } from '../services/chat/abandoned-chats.ts'
import { SESSION_LASTS_MS } from '../services/dialogues/running/session-rules.ts'
import { formatDuration } from '../services/wording.ts'
import { builder } from './builder.ts'

export const ConversationStateRef = builder.enumType('ConversationState', {
  description: 'The state of a conversation. `ENDED`, `TIMED_OUT`, `MISSED` and `ABANDONED` are final.',
  values: {
    AUTOMATED: {
      description:
        'A dialogue leads the conversation, and the visitor has not requested an agent; see `answerCard`.',
    },
    REQUESTED: {
      description:
        'The visitor has requested a live chat, and waits for an agent who has room; see `waiting`.',
    },
    OFFERED: { description: 'The conversation is offered to an agent; see `offers`.' },
    ACTIVE: { description: 'An agent has accepted the conversation.' },
    ENDED: {
      description:
        'The visitor, the agent or a supervisor ended the conversation, or its dialogue was completed.',
    },
    TIMED_OUT: {
      description: `The conversation ended because neither side wrote or typed for \`idleTimeoutMinutes\`; or, without an agent, because the visitor gave the dialogue no sign for ${formatDuration(SESSION_LASTS_MS)}.`,
    },
    MISSED: {
      description:
        'No agent was eligible, none accepted, or the wait was over; or the agent of the conversation was removed, and none took it over. See `fallback`.',
    },
    ABANDONED: {
      description: `The request was over before an agent accepted it: the visitor ended it, or had subscribed to \`conversationEvents\` and was then gone for ${formatDuration(VISITOR_GONE_MS)}.`,
    },
  },
})

export const OfferStateRef = builder.enumType('OfferState', {
  description: 'The state of an offer.',
  values: {
    PENDING: { description: 'The agent can accept or decline the offer until `expiresAt`.' },
    ACCEPTED: { description: 'The agent accepted the offer.' },
    DECLINED: { description: 'The agent declined the offer.' },
    EXPIRED: { description: 'The agent did not answer in time.' },
    RESCINDED: {
      description:
        'Before the agent answered, the conversation was over, its own agent, who had been gone, returned, or a supervisor took it over.',
    },
    REVOKED: {
      description: 'The agent became unavailable or unreachable, or was removed, before answering.',
    },
  },
})

export const AuthorRef = builder.enumType('Author', {
  description: 'Who writes in a conversation.',
  values: {
    VISITOR: { description: 'The visitor.' },
    AGENT: { description: 'An agent; see `agent`.' },
    BOT: { description: 'A dialogue.' },
    SYSTEM: { description: 'Switchboard itself. Not used yet.' },
  },
})
