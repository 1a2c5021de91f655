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
    return found === undefined || found === null ? value : prefix + found
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
 * A `fetch` for GraphQL operations that fills their references and remembers their responses. An operation with a
 * reference without a value is not sent: it fails with an error that says so.
 */
export function createExampleFetch({ fetch, answers, onAnswer = () => {} }) {
  return async (address, init = {}) => {
    if (typeof init.body !== 'string') return fetch(address, init)
    const headers = fillReferences(Object.fromEntries(new Headers(init.headers)), answers)
    const body = fillReferences(JSON.parse(init.body), answers)
    const isIntrospection = body.operationName === 'IntrospectionQuery'
    // GraphiQL reads the schema with the headers of the open tab; the schema requires no token.
    if (isIntrospection && unfilledReference(headers)) delete headers.authorization
    const missing = unfilledReference(headers) ?? unfilledReference(body.variables)
    if (missing) return Response.json({ errors: [{ message: missingAnswer(missing) }] })
    const response = await fetch(address, { ...init, headers, body: JSON.stringify(body) })
    if (!isIntrospection && response.headers.get('content-type')?.includes('json')) {
      Object.assign(answers, (await response.clone().json()).data)
      onAnswer()
    }
    return response
  }
}

function missingAnswer(reference) {
  return `Run the earlier examples first: "${reference}" has no value yet.`
}
