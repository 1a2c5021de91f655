// The subscriptions among GraphiQL's tabs, which show what happens in other windows until they are stopped or another tab
// is opened; and the operations that require one: an agent is offered live chats while a console of the agent is open.
import type { Example } from './example.ts'

export const LIVE_EXAMPLES: Example[] = [
  {
    name: 'Live events',
    as: 'STAFF',
    description:
      'What happens in the workspace. Run it, then book a meeting in another window, for example on the demo page: opening another tab of GraphiQL here would stop it.',
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
      'While it runs, you are signed in and are offered live chats. Leave it running in a window of its own: opening another tab of GraphiQL here would stop it.',
    query: `subscription AgentConsole {
  agentEvents {
    __typename
    ... on Event { at cursor }
    ... on ChatOffered { offer { id expiresAt conversation { id messages(first: 5) { nodes { text } } } } }
    ... on ChatOfferSettled { offer { id outcome: state } }
    ... on ConversationChanged { conversation { id state person { firstName email } meetings { startsAt } } }
    ... on MessageSent { message { author text } }
  }
}`,
    variables: {},
  },
  {
    name: 'Pending offers',
    as: 'STAFF',
    description:
      'The offers that you have not answered yet. First request a live chat while AgentConsole runs in another window.',
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
    name: 'Accept a live chat',
    as: 'STAFF',
    description: 'Accepts the pending offer, and sends a message.',
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
