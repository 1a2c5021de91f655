// An agent's console: a subscription to `agentEvents` over a socket.
import { expect } from 'vitest'
import type { Staff } from './actors.ts'
import { eventually } from './eventually.ts'
import type { TestServer } from './server.ts'
import { createSocketClient, type Subscription, subscribe } from './socket-client.ts'

/** Opens a console, and waits until it is live and every node knows of it: only then are chats offered to the agent. */
export async function openConsole(app: TestServer, { agentId, token }: Staff): Promise<Subscription> {
  const live = subscribe(createSocketClient(app.server.url, token), {
    query: 'subscription { agentEvents { __typename } }',
  })
  await live.waitFor(1)
  await eventually(async () => expect(await countConsoles(app, agentId)).toBeGreaterThan(0))
  return live
}

/** Closes the last console of an agent, and waits until the agent has none. */
export async function closeConsole(
  app: TestServer,
  { agentId, console }: { agentId: string; console: Subscription },
): Promise<void> {
  console.stop()
  await eventually(async () => expect(await countConsoles(app, agentId)).toBe(0))
}

/** Counts the nodes that hold a console of the agent. */
const countConsoles = ({ app, clock }: TestServer, agentId: string): Promise<number> =>
  app.services.database.consoleLease.count({ where: { agentId, expiresAt: { gt: clock.now() } } })
