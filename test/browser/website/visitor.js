// A website on which a visitor chats and books a meeting. The token is stored, so that a reload continues the chat.
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

const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000
const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone

let token = localStorage.getItem('token')
let chat = null

onSubmit('#ask', async (text) => {
  token ??= await startVisit()
  localStorage.setItem('token', token)
  const query = `mutation ($input: RequestLiveChatInput!) { requestLiveChat(input: $input) {
    ... on Conversation { ${CHAT} } ... on Error { message } } }`
  const variables = { input: { text, pageUrl: location.href, idempotencyKey: crypto.randomUUID() } }
  openChat(await ask(query, { variables, token }))
})
onSubmit('#say', (text) => say(chat.id, { text, token }))
if (token) await resumeChat()

async function startVisit() {
  const query = `mutation ($input: StartVisitInput!) { startVisit(input: $input) {
    ... on Visit { token } ... on Error { message } } }`
  return (await ask(query, { variables: { input: { publicKey: options.publicKey } } })).token
}

/** Opens the chat that the visitor had before the page was reloaded. */
async function resumeChat() {
  const { nodes } = await ask(`{ conversations(first: 1) { nodes { ${CHAT} } } }`, { token })
  if (nodes.length > 0) openChat(nodes[0])
}

/** Shows a snapshot of a chat, and subscribes to its events from there. */
function openChat(snapshot) {
  update(snapshot)
  for (const message of snapshot.messages.nodes) showMessage(message)
  const query = `subscription ($id: ID!, $after: EventCursor) {
    conversationEvents(conversationId: $id, after: $after) {
      __typename
      ... on Event { cursor }
      ... on ConversationChanged { conversation { ${CHAT} } }
      ... on MessageSent { message { ${MESSAGE} } }
    }
  }`
  const onEvent = ({ conversation, message }) => {
    if (conversation) update(conversation)
    if (message) showMessage(message)
    if (message?.sharedCalendar) offerTimes(message.sharedCalendar.id)
  }
  subscribe({ query, variables: { id: snapshot.id }, after: snapshot.streamHead, token, onEvent })
}

function update(conversation) {
  chat = conversation
  show('#state', chat.state)
  show('#agent', chat.agent?.name ?? 'no agent yet')
  showMeetings(chat.meetings)
  if (chat.state === 'ENDED') showTranscript(chat.id, token)
}

async function offerTimes(agentId) {
  const query = `query ($target: RoutingTargetInput!, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
    slots(target: $target, from: $from, to: $to, timeZone: $timeZone) { days { slots { startsAt } } }
  }`
  const now = Date.now()
  const range = { from: new Date(now).toISOString(), to: new Date(now + TWO_WEEKS_MS).toISOString() }
  const { days } = await ask(query, { variables: { target: { agentId }, ...range, timeZone }, token })
  for (const { startsAt } of days.flatMap(({ slots }) => slots).slice(0, 3)) {
    const button = { name: 'Book', action: () => book({ agentId, startsAt }) }
    addItem('#slots', { id: startsAt, text: startsAt, button })
  }
}

/** Books a meeting, which is shown when its event arrives. */
async function book({ agentId, startsAt }) {
  clear('#slots')
  const query = `mutation ($input: BookMeetingInput!) { bookMeeting(input: $input) {
    ... on Meeting { id } ... on Error { message } } }`
  const input = {
    slot: { free: { target: { agentId }, startsAt } },
    timeZone,
    conversationId: chat.id,
    idempotencyKey: crypto.randomUUID(),
    person: { email: 'grace@example.com', firstName: 'Grace' },
  }
  await ask(query, { variables: { input }, token })
}
