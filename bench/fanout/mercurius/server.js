// mercurius on fastify, as its documentation shows. Not TypeScript, because its types would then be a dependency of the
// product.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { answerParent } from '../child.ts'
import { PEER_EVENT, PEER_SCHEMA } from '../operations.ts'

const field = (topic) => ({ subscribe: (_root, _arguments, { pubsub }) => pubsub.subscribe(topic) })
const app = Fastify()
app.register(mercurius, {
  schema: PEER_SCHEMA,
  resolvers: {
    Subscription: {
      workspaceEvents: field('workspaceEvents'),
      agentEvents: field('agentEvents'),
      slotsChanged: field('slotsChanged'),
    },
  },
  subscription: true,
})
const url = await app.listen({ port: 0, host: '127.0.0.1' })
await answerParent({
  url: () => `${url.replace('http', 'ws')}/graphql`,
  publish: () =>
    app.graphql.pubsub.publish({ topic: 'workspaceEvents', payload: { workspaceEvents: PEER_EVENT } }),
})
process.exit()
