// The subscriptions among GraphiQL's tabs: they go on until they are stopped, and show what is done in other windows.
// With them what needs one that is running: an agent answers chats while the own console is open.
import type { Example } from './examples.ts'

export const LIVE_EXAMPLES: Example[] = [
  {
    name: 'Live events',
    as: 'STAFF',
    description: 'What happens in the workspace, as it happens: run it, then book in another tab.',
    query: `subscription LiveEvents {
  workspaceEvents {
    __typename
    ... on Event { at cursor }
    ... on MeetingChanged { change { kind actor } meeting { startsAt agent { name } } }
    ... on RoutingChanged { queue { next { name } } }
  }
}`,
    variables: {},
  },
  {
    name: "An agent's console",
    as: 'STAFF',
    description:
      'As long as it runs you are signed in, and chats are offered to you: leave it running in a window of its own.',
    query: `subscription AgentConsole {
  agentEvents {
    __typename
    ... on Event { at cursor }
    ... on ChatOffered { offer { id expiresAt conversation { id messages(first: 5) { nodes { text } } } } }
    ... on ChatOfferSettled { offer { id outcome: state } }
    ... on ConversationUpdated { conversation { id state person { firstName email } meetings { startsAt } } }
    ... on MessageSent { message { author text } }
  }
}`,
    variables: {},
  },
  {
    name: 'Chats that wait for you',
    as: 'STAFF',
    description:
      'What was offered to you and waits for an answer: ask for a live chat before, with your console open.',
    query: `query WaitingChats {
  viewer {
    ... on Agent {
      liveChatStatus { signedIn available }
      pendingOffers { id expiresAt conversation { id messages(first: 5) { nodes { text } } } }
    }
  }
}`,
    variables: {},
  },
  {
    name: 'Accept a chat and answer',
    as: 'STAFF',
    description: 'Takes the chat that waits, and says something in it.',
    query: `mutation AcceptAndAnswer($offer: AcceptChatInput!, $answer: SendMessageInput!) {
  acceptChat(input: $offer) {
    ... on Conversation { id state agent { name } }
    ... on Error { message }
  }
  sendMessage(input: $answer) {
    ... on Message { author text sentAt }
    ... on Error { message }
  }
}`,
    variables: {
      offer: { offerId: 'answer:viewer.pendingOffers.0.id' },
      answer: {
        conversationId: 'answer:viewer.pendingOffers.0.conversation.id',
        text: 'It does. When would you like it?',
        clientKey: 'the first answer',
      },
    },
  },
]
