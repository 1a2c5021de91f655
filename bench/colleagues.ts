// Measures what one event of `workspaceEvents` costs while ordinary agents, who see their own meetings and chats only, are
// subscribed with the screen of the administration. Run it with `npm run bench:colleagues`.

import { setTimeout as pause } from 'node:timers/promises'
import { updateAgent } from '../src/services/agents/update-agent.ts'
import { signDemoToken } from '../src/services/identity/demo-token.ts'
import { noClient } from '../src/services/identity/request-context.ts'
import { Child } from './fanout/child.ts'
import type { TextArrival } from './fanout/load.ts'
import type { Installation } from './installation.ts'
import { withInstallation } from './installation.ts'
import { describeMachine, officeHours } from './slots.ts'
import { statementsOf } from './statements.ts'
import { insertWorkspace } from './workspace.ts'

const AGENTS = 300
const EVENTS = 20
const HOURS = { weekly: officeHours(), durationMinutes: 30, minimumNoticeMinutes: 0, bookingWindowDays: 60 }

/** What is the same for all agents; and the meetings, of which each agent sees its own. */
const SELECTIONS = {
  'the same for all': 'id name email roles { name } calendar { state } teams { name }',
  "each agent's own": 'id name meetings(first: 1) { nodes { id } }',
}
const subscription = (selection: string) =>
  `subscription { workspaceEvents { __typename ... on Event { cursor } ... on AgentChanged { agent { ${selection} } } } }`

async function measure({ app, sql, url }: Installation, selection: string): Promise<string> {
  const { workspaceId, agentIds } = await insertWorkspace(
    { app, sql, url, now: new Date(NOW) } as Installation,
    {
      agents: AGENTS,
      hours: HOURS,
    },
  )
  await sql.query('ANALYZE')
  const load = new Child(new URL('fanout/load.ts', import.meta.url))
  const operations = [{ query: subscription(selection) }]
  const sockets = agentIds.map((agentId) => ({
    token: signDemoToken(app.services.signer, agentId),
    operations,
    greetings: 1,
    keepTexts: true,
  }))
  await load.ask('connect', { url: `${url.replace('http', 'ws')}/graphql`, concurrency: 32, sockets })
  const [agentId = ''] = agentIds
  const viewer = {
    kind: 'AGENT' as const,
    workspaceId,
    agentId,
    name: '',
    permissions: new Set(['MANAGE_AGENTS' as const]),
  }
  const change = async (number: number) => {
    await updateAgent(
      { ...app.services, viewer, origin: null, client: noClient() },
      { agentId, name: `Agent ${number}` },
    )
    let arrived = 0
    while (arrived < AGENTS) {
      await pause(5)
      arrived += (await load.ask<TextArrival[]>('takeTexts')).length
    }
  }
  await change(0)
  const start = process.cpuUsage()
  const statements = await statementsOf(async () => {
    for (let number = 1; number <= EVENTS; number++) await change(number)
  })
  const { user, system } = process.cpuUsage(start)
  await load.stop()
  const cpu = (user + system) / 1000 / EVENTS
  return `${cpu.toFixed(1)} ms of CPU, ${(statements.length / EVENTS).toFixed(1)} SQL statements`
}

const NOW = Date.UTC(2026, 9, 12)
console.log(describeMachine())
console.log(`one event, with the change that it is about, ${AGENTS} agents`)
await withInstallation(NOW, async (installation) => {
  for (const [name, selection] of Object.entries(SELECTIONS)) {
    console.log(`${name.padEnd(18)} ${await measure(installation, selection)}`)
  }
})
process.exit()
