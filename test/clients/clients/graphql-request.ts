import { GraphQLClient } from 'graphql-request'
import type { Connect, Data } from './client.ts'

/** graphql-request, which has no cache and no subscriptions. */
export const connectGraphqlRequest: Connect = ({ url, token }) => {
  const client = new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } })
  return { request: (document, variables = {}) => client.request<Data>(document, variables) }
}
