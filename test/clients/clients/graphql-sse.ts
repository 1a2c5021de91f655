import { createClient } from 'graphql-sse'
import type { Connect, Data } from './client.ts'

/** graphql-sse, which sends everything as server-sent events. */
export const connectGraphqlSse: Connect = ({ url, token }) => {
  const client = createClient({ url, headers: { authorization: `Bearer ${token}` } })
  return {
    request: (query, variables = {}) =>
      new Promise((resolve, reject) => {
        let answer: Data = {}
        client.subscribe<Data>(
          { query, variables },
          {
            next: ({ data, errors }) => {
              if (errors) reject(new AggregateError(errors, errors[0]?.message))
              answer = data ?? {}
            },
            error: reject,
            complete: () => resolve(answer),
          },
        )
      }),
    subscribe: (query, onData) =>
      client.subscribe<Data>(
        { query },
        { next: ({ data }) => data && onData(data), error: () => {}, complete: () => {} },
      ),
  }
}
