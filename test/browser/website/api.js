// Calls the API as a website does: with fetch for queries and mutations, and with graphql-ws for subscriptions.
import { createClient } from './graphql-ws/client.js'

/** The options in the page's URL: `api`, and others that depend on the page. */
export const options = Object.fromEntries(new URLSearchParams(location.search))

/** @returns the value of the operation's only field
 * @throws Error when the operation fails or the field is an error */
export async function ask(query, { variables, token } = {}) {
  const response = await fetch(options.api, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(errors[0].message)
  const [answer] = Object.values(data)
  if (answer?.message) throw new Error(answer.message)
  return answer
}

/** Subscribes, and resumes with the last cursor when the connection breaks (docs/delivery.md).
 * @param subscription.after the cursor to start after; null starts with new events */
export function subscribe({ query, variables = {}, after = null, token, onEvent }) {
  let cursor = after
  const client = createClient({
    url: options.api.replace(/^http/, 'ws'),
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: Infinity,
    shouldRetry: () => true,
  })
  const current = {
    ...variables,
    get after() {
      return cursor
    },
  }
  client.subscribe(
    { query, variables: current },
    {
      next: ({ data, errors }) => {
        if (errors) throw new Error(errors[0].message)
        const [event] = Object.values(data)
        onEvent(event)
        cursor = event.cursor
      },
      error: (error) => console.error(error),
      complete: () => {},
    },
  )
}

/** Runs an action with the text of a form when the form is submitted. */
export function onSubmit(selector, action) {
  document.querySelector(selector).addEventListener('submit', async (event) => {
    event.preventDefault()
    const text = new FormData(event.target).get('text')
    event.target.reset()
    await action(text)
  })
}

export function show(selector, text) {
  document.querySelector(selector).textContent = text
}

/** Adds an item to a list, unless the list already has one with this id. */
export function addItem(selector, { id, text, button }) {
  const list = document.querySelector(selector)
  if ([...list.children].some((item) => item.dataset.id === id)) return
  const item = document.createElement('li')
  item.dataset.id = id
  item.textContent = text
  if (button) {
    const element = document.createElement('button')
    element.textContent = button.name
    element.addEventListener('click', button.action)
    item.append(' ', element)
  }
  list.append(item)
}

export const clear = (selector) => document.querySelector(selector).replaceChildren()

/** The fields of messages and chats that both pages show. */
export const MESSAGE = 'id author text sharedCalendar { id }'
export const CHAT = `id state streamHead agent { name } person { email }
  meetings { id startsAt source } messages { nodes { ${MESSAGE} } }`

export const showMessage = ({ id, author, text }) => addItem('#messages', { id, text: `${author}: ${text}` })
export const showMeetings = (meetings) => {
  for (const { id, startsAt, source } of meetings) {
    addItem('#meetings', { id, text: `Meeting at ${startsAt} (${source})` })
  }
}

/** Sends a message, which is shown when its event arrives. */
export const say = (conversationId, { text, token }) =>
  ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
      __typename ... on Message { id } ... on Error { message } } }`,
    { variables: { input: { conversationId, text, clientKey: crypto.randomUUID() } }, token },
  )

export async function showTranscript(id, token) {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Conversation { transcript } } }'
  show('#transcript', (await ask(query, { variables: { id }, token })).transcript)
}
