// Requests to the GraphQL endpoint as they go over the wire, for tests of what HTTP answers.
import { expect } from 'vitest'
import type { TestApp } from './app.ts'

/** @param call.body sent as it is when it is a string, else as JSON */
export function post(
  app: TestApp,
  call: { body: string | object; token?: string; headers?: Record<string, string> },
): Promise<Response> {
  const headers = new Headers({ 'content-type': 'application/json', ...call.headers })
  if (call.token !== undefined) headers.set('authorization', `Bearer ${call.token}`)
  return app.fetch('/graphql', {
    method: 'POST',
    headers,
    body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body),
  })
}

/** @param parameters of the operation; values other than strings are sent as JSON
 * @returns the address of a GET request, without the server */
export function addressOf(parameters: object): string {
  const entries = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return `/graphql?${new URLSearchParams(entries)}`
}

/** What an answer says that must be a refusal in JSON. */
export async function refusal(answer: Promise<Response>) {
  const response = await answer
  expect(response.headers.get('content-type')).toMatch(/json/)
  const { errors, ...rest } = await response.json()
  return { status: response.status, code: errors[0].extensions.code, ...rest }
}
