// Starts GraphiQL. The address can contain `#headers=` with JSON: the headers of the tabs that run as the identity of
// the link. What is typed is kept for this browser tab and these headers only, so that one identity of the demo never
// gets the tabs of another.
import { createExampleFetch } from './references.js'

const { title, logo, examples, files } = JSON.parse(document.querySelector('#options').textContent)
const ownHeaders = new URLSearchParams(location.hash.slice(1)).get('headers')
const storage = createStorage(`${ownHeaders ?? ''} `)
const VISITOR_HEADERS = JSON.stringify({ Authorization: 'Bearer answer:startVisit.token' }, null, 2)

const answers = JSON.parse(storage.getItem('answers') ?? '{}')
window.fetch = createExampleFetch({
  fetch: window.fetch.bind(window),
  answers,
  onAnswer: () => storage.setItem('answers', JSON.stringify(answers)),
})

self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_moduleId, label) => files[label] }
const bundle = document.createElement('script')
bundle.src = files.bundle
bundle.onload = render
document.head.append(bundle)

function render() {
  const isLinkToQuery = new URLSearchParams(location.search).has('query')
  self.YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    title,
    logo,
    storage,
    defaultHeaders: ownHeaders ?? '',
    defaultTabs: isLinkToQuery ? undefined : examples.map(toTab),
    // Without this, the page would put every change into the address, and open one more tab on reload.
    onEditQuery: () => {},
  })
}

function toTab({ description, as, query, variables }) {
  return {
    query: `# ${description}\n${query}\n`,
    variables: JSON.stringify(variables, null, 2),
    headers: as === 'STAFF' ? ownHeaders : as === 'VISITOR' ? VISITOR_HEADERS : null,
  }
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
