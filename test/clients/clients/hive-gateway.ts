import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { createClient } from 'graphql-sse'
import { sdl } from '../schema.ts'
import type { Connect, Data } from './client.ts'

/** A client of Hive Gateway, which stands in front of the product. */
export const connectHiveGateway: Connect = ({ url, token }) => {
  const gateway = createGatewayRuntime({
    logging: false,
    schema: sdl,
    proxy: { endpoint: url },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') ?? '' }),
    },
  })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const client = createClient({
    url: 'http://gateway.test/graphql',
    headers,
    fetchFn: (input: string, init: RequestInit) => gateway.fetch(input, init),
  })
  return {
    request: async (query, variables = {}) => {
      const body = JSON.stringify({ query, variables })
      const response = await gateway.fetch('http://gateway.test/graphql', { method: 'POST', headers, body })
      const { data, errors } = (await response.json()) as { data: Data; errors?: Error[] }
      if (errors) throw new AggregateError(errors, errors[0]?.message)
      return data
    },
    subscribe: (query, onData) =>
      client.subscribe<Data>(
        { query },
        { next: ({ data }) => data && onData(data), error: () => {}, complete: () => {} },
      ),
  }
}
