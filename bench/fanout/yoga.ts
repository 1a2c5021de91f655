// Yoga with its own `createPubSub` and graphql-ws, combined as Yoga's documentation shows.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import { WebSocketServer } from 'ws'
import { answerParent } from './child.ts'
import { PEER_EVENT, PEER_SCHEMA } from './operations.ts'

const pubSub = createPubSub<{ workspaceEvents: [unknown]; agentEvents: [unknown]; slotsChanged: [unknown] }>()
const field = (topic: 'workspaceEvents' | 'agentEvents' | 'slotsChanged') => ({
  subscribe: () => pubSub.subscribe(topic),
  resolve: (event: unknown) => event,
})
const yoga = createYoga({
  logging: false,
  schema: createSchema({
    typeDefs: PEER_SCHEMA,
    resolvers: {
      Subscription: {
        workspaceEvents: field('workspaceEvents'),
        agentEvents: field('agentEvents'),
        slotsChanged: field('slotsChanged'),
      },
    },
  }),
})
const server = createServer(yoga)
const webSockets = new WebSocketServer({ server, path: '/graphql' })
useServer(
  {
    execute: (args) => (args as unknown as Operation).rootValue.execute(args),
    subscribe: (args) => (args as unknown as Operation).rootValue.subscribe(args),
    onSubscribe: async (context, _id, { operationName, query, variables }) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params: { operationName, query, variables },
      })
      const args = {
        schema,
        operationName,
        document: parse(query),
        variableValues: variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      }
      const errors = validate(args.schema, args.document)
      return errors.length > 0 ? errors : args
    },
  },
  webSockets,
)
interface Operation {
  rootValue: Pick<ReturnType<typeof yoga.getEnveloped>, 'execute' | 'subscribe'>
}
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
await answerParent({
  url: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
  publish: () => pubSub.publish('workspaceEvents', PEER_EVENT),
})
process.exit()
