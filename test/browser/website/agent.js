// The console of an agent who takes one chat at a time.
import {
  addItem,
  ask,
  CHAT,
  clear,
  MESSAGE,
  onSubmit,
  options,
  say,
  show,
  showMeetings,
  showMessage,
  showTranscript,
  subscribe,
} from './api.js'

const { token } = options
let chat = null

const CONSOLE = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename
    ... on Event { cursor }
    ... on ChatOffered { offer { id conversation { messages { nodes { text } } } } }
    ... on ChatOfferSettled { offer { id } }
    ... on ConversationChanged { conversation { ${CHAT} } }
    ... on MessageSent { message { ${MESSAGE} } }
  }
}`

subscribe({
  query: CONSOLE,
  token,
  onEvent: ({ __typename, offer, conversation, message }) => {
    if (__typename === 'CaughtUp') show('#presence', 'here')
    if (__typename === 'ChatOffered') showOffer(offer)
    if (__typename === 'ChatOfferSettled') clear('#offers')
    if (conversation) update(conversation)
    if (message) showMessage(message)
  },
})

onSubmit('#say', (text) => say(chat.id, { text, token }))
document.querySelector('#share').addEventListener('click', () =>
  ask(
    `mutation ($input: ShareCalendarInput!) { shareCalendar(input: $input) {
      ... on Message { id } ... on Error { message } } }`,
    { variables: { input: { conversationId: chat.id, clientKey: crypto.randomUUID() } }, token },
  ),
)
document.querySelector('#end').addEventListener('click', () =>
  ask(
    `mutation ($input: EndChatInput!) { endChat(input: $input) {
      ... on Conversation { id } ... on Error { message } } }`,
    { variables: { input: { conversationId: chat.id } }, token },
  ),
)

function showOffer({ id, conversation }) {
  const [first] = conversation.messages.nodes
  addItem('#offers', { id, text: first.text, button: { name: 'Accept', action: () => accept(id) } })
}

async function accept(offerId) {
  const query = `mutation ($input: AcceptChatInput!) { acceptChat(input: $input) {
    ... on Conversation { ${CHAT} } ... on Error { message } } }`
  const accepted = await ask(query, { variables: { input: { offerId } }, token })
  update(accepted)
  for (const earlier of accepted.messages.nodes) showMessage(earlier)
}

function update(conversation) {
  chat = conversation
  show('#state', chat.state)
  show('#person', chat.person.email ?? 'an anonymous visitor')
  showMeetings(chat.meetings)
  if (chat.state === 'ENDED') showTranscript(chat.id, token)
}
