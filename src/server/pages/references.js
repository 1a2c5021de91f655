// Puts values of earlier responses into later examples. Runs in the browser, in GraphiQL and on the demo's page.

const REFERENCE = /^(Bearer )?answer:([\w.]+)$/

/**
 * Replaces every string "answer:PATH", also after "Bearer ", by the value at that place in the earlier responses, such as
 * "answer:bookMeeting.id". A reference without a value is kept.
 */
export function fillReferences(value, answers) {
  if (typeof value === 'string') {
    const [, prefix = '', path] = REFERENCE.exec(value) ?? []
    const found = path?.split('.').reduce((object, key) => object?.[key], answers)
    if (found === undefined || found === null) return value
    return prefix === '' ? found : prefix + found
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => fillReferences(item, answers))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillReferences(item, answers)]))
}

/** The first reference that is left in a value, or null. */
export function unfilledReference(value) {
  if (typeof value === 'string') return REFERENCE.test(value) ? value.replace('Bearer ', '') : null
  if (typeof value !== 'object' || value === null) return null
  return Object.values(value).map(unfilledReference).find(Boolean) ?? null
}

/**
 * Fills the references of an operation.
 * @param context.titleOf the title of the example whose response has a path
 * @returns the headers and the body to send; or `missing`, an answer that says which example must be run before
 */
export function prepareExample({ headers, body }, { answers, titleOf }) {
  const filled = { headers: fillReferences(headers, answers), body: fillReferences(body, answers) }
  const missing = unfilledReference(filled.headers) ?? unfilledReference(filled.body.variables)
  return missing ? { missing: { errors: [{ message: missingAnswer(missing, titleOf) }] } } : filled
}

/** Keeps the data of a response for later examples. */
export function rememberAnswer({ data }, { answers, onAnswer }) {
  Object.assign(answers, data)
  onAnswer()
}

/**
 * A `fetch` for GraphQL operations that fills their references and remembers their responses. An operation with a
 * reference without a value is not sent: it fails with an error that says so.
 */
export function createExampleFetch({ fetch, answers, titleOf, onAnswer = () => {} }) {
  return async (address, init) => {
    const operation = JSON.parse(init.body)
    const given = Object.fromEntries(new Headers(init.headers))
    if (/^\s*query IntrospectionQuery\b/.test(operation.query)) {
      // GraphiQL reads the schema with the headers of the open tab; the schema requires no token.
      const { authorization, ...headers } = given
      return fetch(address, { ...init, headers })
    }
    const { missing, headers, body } = prepareExample(
      { headers: given, body: operation },
      { answers, titleOf },
    )
    if (missing) return Response.json(missing)
    const response = await fetch(address, { ...init, headers, body: JSON.stringify(body) })
    if (response.headers.get('content-type')?.includes('json')) {
      rememberAnswer(await response.clone().json(), { answers, onAnswer })
    }
    return response
  }
}

function missingAnswer(reference, titleOf) {
  const [, , path] = REFERENCE.exec(reference)
  return `Run “${titleOf(path)}” first: this example uses its response.`
}

/** @returns the index of the first example whose response has the path, such as "bookMeeting.id" */
export function indexOfSource(examples, path) {
  const [root, ...inner] = path.split('.').filter((key) => !/^\d+$/.test(key))
  const selects = [new RegExp(`^  ${root}\\b`, 'm'), ...inner.map((name) => new RegExp(`\\b${name}\\b`))]
  return examples.findIndex(({ query }) => selects.every((pattern) => pattern.test(query)))
}
