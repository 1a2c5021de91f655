// An agent's console: a subscription to `agentEvents` over a socket.
import { expect, vi } from 'vitest'
import type { Staff } from './actors.ts'
import type { TestServer } from './server.ts'
import { createSocketClient, type Subscription, subscribe } from './socket-client.ts'

const DEADLINE = { timeout: 25_000, interval: 20 }

/** Opens a console, and waits until it is live. */
export async function openConsole({ server }: TestServer, { token }: Staff): Promise<Subscription> {
  const live = subscribe(createSocketClient(server.url, token), {
    query: 'subscription { agentEvents { __typename } }',
  })
  await live.waitFor(1)
  return live
}

/** Closes the last console of an agent, and waits until the agent has none. */
export async function closeConsole(
  app: TestServer,
  { agentId, console }: { agentId: string; console: Subscription },
): Promise<void> {
  console.stop()
  await vi.waitFor(async () => {
    const where = { agentId, expiresAt: { gt: app.clock.now() } }
    expect(await app.app.services.database.consoleLease.count({ where })).toBe(0)
  }, DEADLINE)
}
