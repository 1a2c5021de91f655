// Each client runs queries, mutations with every error, pages of a list and subscriptions against the product.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connectApollo } from './clients/apollo.ts'
import type { Connect, Data } from './clients/client.ts'
import { connectGraphqlRequest } from './clients/graphql-request.ts'
import { connectGraphqlSse } from './clients/graphql-sse.ts'
import { connectHiveGateway } from './clients/hive-gateway.ts'
import { connectUrql } from './clients/urql.ts'
import { administrator, createAgent } from './people.ts'
import { url, waitFor } from './product.ts'
import { prepareProvocation, provokedErrors } from './provocations.ts'
import { possibleTypes } from './schema.ts'
import { everyMemberOf } from './select-members.ts'

const CLIENTS: Record<string, Connect> = {
  'Apollo Client': connectApollo,
  urql: connectUrql,
  'graphql-request': connectGraphqlRequest,
  'graphql-sse': connectGraphqlSse,
  'Hive Gateway': connectHiveGateway,
}

const PAGE = `query Page($after: String) {
  agents(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`
const CONSOLE = `subscription Console {
  agentEvents { __typename ... on Event { cursor } ... on CalendarChanged { agent { calendar { id state } } } }
}`
const DISCONNECT =
  'mutation Disconnect($input: DisconnectCalendarInput!) { disconnectCalendar(input: $input) { __typename } }'

interface Page {
  nodes: { id: string }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

it('every type of error is provoked', () => {
  assert.deepEqual(provokedErrors.toSorted(), possibleTypes.Error?.toSorted())
})

for (const [name, connect] of Object.entries(CLIENTS)) {
  describe(name, () => {
    it('runs a query', async () => {
      const client = connect({ url, token: administrator.token })
      const { viewer } = await client.request('query Viewer { viewer { ... on Agent { id } } }')
      assert.equal((viewer as Data).id, administrator.id)
    })

    for (const error of provokedErrors) {
      it(`gets a ${error} from a mutation that selects every member of its result`, async () => {
        const { mutation, viewer, input } = await prepareProvocation(error)
        const client = connect({ url, token: viewer.token })
        const { [mutation]: result } = await client.request(everyMemberOf(mutation), { input })
        const { __typename, message } = result as Data
        assert.equal(__typename, error)
        assert.equal(typeof message, 'string')
      })
    }

    it('reads a list page by page', async () => {
      const client = connect({ url, token: administrator.token })
      const ids: string[] = []
      for (let after: string | null = null, more = true; more; ) {
        const { agents } = await client.request(PAGE, { after })
        const { nodes, pageInfo } = agents as Page
        ids.push(...nodes.map(({ id }) => id))
        after = pageInfo.endCursor
        more = pageInfo.hasNextPage
      }
      assert.ok(ids.length > 3)
      assert.equal(new Set(ids).size, ids.length)
    })

    it('receives live events, if it can subscribe', async () => {
      const agent = await createAgent()
      const client = connect({ url, token: agent.token })
      const events: Data[] = []
      const cancel = client.subscribe?.(CONSOLE, ({ agentEvents }) => events.push(agentEvents as Data))
      if (cancel === undefined) return
      await waitFor(() => events.some(({ __typename }) => __typename === 'CaughtUp'))
      await client.request(DISCONNECT, { input: {} })
      const event = await waitFor(() => events.find(({ __typename }) => __typename === 'CalendarChanged'))
      assert.deepEqual((event.agent as Data).calendar, null)
      cancel()
    })
  })
}
