// Runs the examples of the demo's page, and shows the responses of the API.
import { createExampleFetch, indexOfSource } from './references.js'

const { examples, identities } = JSON.parse(document.querySelector('#demo').textContent)
const exampleFetch = createExampleFetch({
  fetch: window.fetch.bind(window),
  answers: {},
  titleOf: (path) => document.querySelector(`#name-${indexOfSource(examples, path)}`).textContent,
})

for (const [index, example] of examples.entries()) {
  const article = document.querySelector(`#example-${index}`)
  const button = article.querySelector('button')
  button.addEventListener('click', async () => {
    button.disabled = true
    try {
      show(article, await run(example))
    } finally {
      button.disabled = false
    }
  })
}

async function run({ as, query, variables }) {
  try {
    const response = await exampleFetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(as) },
      body: JSON.stringify({ query, variables }),
    })
    const answer = await response.json()
    return { text: JSON.stringify(answer, null, 2), link: findLink(answer) }
  } catch (error) {
    return { text: `The server does not respond: ${error.message}` }
  }
}

function authorization(as) {
  if (as === 'ANYBODY') return {}
  const { token } = identities[document.querySelector('#identity').value]
  return { authorization: as === 'VISITOR' ? 'Bearer answer:startVisit.token' : `Bearer ${token}` }
}

/** @returns the address in a response that the reader should open */
function findLink({ data }) {
  return Object.values(data ?? {}).find((value) => value?.authorizationUrl)?.authorizationUrl
}

function show(article, { text, link }) {
  const output = article.querySelector('output')
  output.hidden = false
  output.querySelector('pre').textContent = text
  output.querySelector('a')?.remove()
  if (link)
    output.append(Object.assign(document.createElement('a'), { href: link, textContent: 'Open the page' }))
}
