import {
  type AnyVariables,
  Client,
  fetchExchange,
  gql,
  type OperationResult,
  subscriptionExchange,
} from '@urql/core'
import { cacheExchange, type UpdateResolver } from '@urql/exchange-graphcache'
import { createClient } from 'graphql-ws'
import { introspection, mutationNames, typesWithoutId } from '../schema.ts'
import { type Connect, type Data, socketUrl } from './client.ts'

/** Types without an id are parts of the object that they are read from. */
const keys = Object.fromEntries(typesWithoutId.map((name) => [name, () => null]))

/** Two habits of graph cache lead to needless requests when an object is in no list any more, such as a removed agent.
 * Without an updater it takes the object for a new one, and forgets all others of its type. And when it drops the object
 * with its link `query`, it drops all queries with it, unless another link leads to them. */
const keepQueries: UpdateResolver = (_result, _args, cache) => cache.link('Query', 'self', 'Query')
const updates = { Mutation: Object.fromEntries(mutationNames.map((name) => [name, keepQueries])) }

/** urql, with its graph cache and subscriptions over a WebSocket. */
export const connectUrql: Connect = ({ url, token, fetch }) => {
  const authorization = `Bearer ${token}`
  const sockets = createClient({
    url: socketUrl(url),
    connectionParams: { authorization },
    lazyCloseTimeout: 0,
  })
  const client = new Client({
    url,
    preferGetMethod: false,
    ...(fetch && { fetch }),
    fetchOptions: { headers: { authorization } },
    exchanges: [
      cacheExchange({ schema: introspection, keys, updates }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: sockets.subscribe({ query: query ?? '', variables: { ...variables } }, sink),
          }),
        }),
      }),
    ],
  })
  const dataOf = ({ data, error }: OperationResult<Data, AnyVariables>) => {
    if (error) throw error
    return data ?? {}
  }
  return {
    request: async (document, variables = {}) =>
      dataOf(
        await (/^mutation/m.test(document)
          ? client.mutation<Data>(gql(document), variables)
          : client.query<Data>(gql(document), variables, { requestPolicy: 'network-only' })),
      ),
    subscribe: (document, onData) => {
      const { unsubscribe } = client
        .subscription<Data>(gql(document), {})
        .subscribe(({ data }) => data && onData(data))
      return unsubscribe
    },
    readCache: (document, variables = {}) => client.readQuery<Data>(gql(document), variables)?.data ?? null,
  }
}
