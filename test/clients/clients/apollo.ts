import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { createClient } from 'graphql-ws'
import { possibleTypes } from '../schema.ts'
import { type Connect, type Data, socketUrl } from './client.ts'

/** Apollo Client, with its normalised cache and subscriptions over a WebSocket. */
export const connectApollo: Connect = ({ url, token, fetch }) => {
  const authorization = `Bearer ${token}`
  const sockets = new GraphQLWsLink(
    createClient({ url: socketUrl(url), connectionParams: { authorization }, lazyCloseTimeout: 0 }),
  )
  const http = new HttpLink({ uri: url, headers: { authorization }, ...(fetch && { fetch }) })
  const client = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes }),
    link: ApolloLink.split(({ operationType }) => operationType === 'subscription', sockets, http),
  })
  return {
    request: async (document, variables = {}) => {
      const operation = gql(document)
      const { data } = /^mutation/m.test(document)
        ? await client.mutate<Data>({ mutation: operation, variables })
        : await client.query<Data>({ query: operation, variables, fetchPolicy: 'network-only' })
      return data ?? {}
    },
    subscribe: (document, onData) => {
      const subscription = client
        .subscribe<Data>({ query: gql(document) })
        .subscribe(({ data }) => data && onData(data))
      return () => subscription.unsubscribe()
    },
    readCache: (document, variables = {}) => client.readQuery<Data>({ query: gql(document), variables }),
  }
}
