// Starts GraphiQL. The address can contain `#headers=` with JSON: the headers of the tabs that run as the identity of
// the link. What is typed is kept for this browser tab and these headers only, so that one identity of the demo never
// gets the tabs of another.
import { readOperation } from './read-operation.js'
import { createExampleFetch, indexOfSource, prepareExample, rememberAnswer } from './references.js'

const { title, logo, examples, files } = JSON.parse(document.querySelector('#options').textContent)
const ownHeaders = new URLSearchParams(location.hash.slice(1)).get('headers')
const storage = createStorage(`${ownHeaders ?? ''} `)
const VISITOR_HEADERS = JSON.stringify({ Authorization: 'Bearer answer:startVisit.token' }, null, 2)
/** As many characters of a comment as the editor shows beside its buttons. */
const COMMENT_WIDTH = 48

const answers = JSON.parse(storage.getItem('answers') ?? '{}')
const onAnswer = () => storage.setItem('answers', JSON.stringify(answers))
/** Tabs have the names of their operations. */
const titleOf = (path) => /\w+ (\w+)/.exec(examples[indexOfSource(examples, path)].query)[1]
const exampleFetch = createExampleFetch({ fetch: window.fetch.bind(window), answers, titleOf, onAnswer })

self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_moduleId, label) => files[label] }
await Promise.all([files.bundle, files.graphqlWs].map(load))
const isLinkToQuery = new URLSearchParams(location.search).has('query')
self.YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  title,
  logo,
  storage,
  fetcher: (given, options) => {
    const { operation, isSubscription } = readOperation(given)
    return isSubscription ? subscribe(operation, options) : request(operation, options)
  },
  defaultHeaders: ownHeaders ?? '',
  defaultTabs: isLinkToQuery ? undefined : examples.map(toTab),
  // Without this, the page would put every change into the address, and open one more tab on reload.
  onEditQuery: () => {},
})

function load(src) {
  const { promise, resolve, reject } = Promise.withResolvers()
  document.head.append(
    Object.assign(document.createElement('script'), { src, onload: resolve, onerror: reject }),
  )
  return promise
}

/** Queries and mutations go over HTTP. */
async function request(operation, { headers }) {
  const response = await exampleFetch(location.pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
  })
  return response.json()
}

/** A subscription goes over a WebSocket of its own, which resumes nothing: it begins anew when the connection breaks. */
async function* subscribe(operation, { headers = {} }) {
  const { missing, ...filled } = prepareExample({ headers, body: operation }, { answers, titleOf })
  if (missing) {
    yield missing
    return
  }
  const authorization = new Headers(filled.headers).get('authorization')
  const client = self.graphqlWs.createClient({
    url: `${location.origin.replace(/^http/, 'ws')}${location.pathname}`,
    connectionParams: authorization === null ? {} : { authorization },
  })
  try {
    for await (const answer of client.iterate(filled.body)) {
      rememberAnswer(answer, { answers, onAnswer })
      yield answer
    }
  } finally {
    client.dispose()
  }
}

function toTab({ description, as, query, variables }) {
  return {
    query: `${toComment(description)}\n${query}\n`,
    variables: JSON.stringify(variables, null, 2),
    headers: as === 'STAFF' ? ownHeaders : as === 'VISITOR' ? VISITOR_HEADERS : null,
  }
}

function toComment(text) {
  const lines = ['#']
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`
    if (line.length <= COMMENT_WIDTH || lines.at(-1) === '#') lines[lines.length - 1] = line
    else lines.push(`# ${word}`)
  }
  return lines.join('\n')
}

function createStorage(prefix) {
  return {
    getItem: (key) => sessionStorage.getItem(prefix + key),
    setItem: (key, value) => sessionStorage.setItem(prefix + key, value),
    removeItem: (key) => sessionStorage.removeItem(prefix + key),
    clear: () => {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(prefix)) sessionStorage.removeItem(key)
      }
    },
    get length() {
      return Object.keys(sessionStorage).filter((key) => key.startsWith(prefix)).length
    },
  }
}
