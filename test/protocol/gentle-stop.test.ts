import { createServer } from 'node:http'
import { expect, it, onTestFinished, vi } from 'vitest'
import { NO_PERSISTED_DOCUMENTS } from '../../src/server/documents/persisted-documents.ts'
import { listen, startServer } from '../../src/server/http-server.ts'
import type { Session } from '../../src/services/identity/authenticate.ts'
import { ANONYMOUS } from '../../src/services/identity/viewer.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { NO_PROXIES, startApp, TEST_LIMITS } from '../kit/app.ts'
import { eventually } from '../kit/eventually.ts'
import { openRawSocket } from '../kit/raw-socket.ts'
import { startOnPort, startOnPortForTest } from '../kit/server.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'

const query = '/graphql?query={__typename}'

it('finishes running requests, but refuses new ones', async () => {
  const { app, server } = await startOnPort()
  const { promise: signedIn, resolve: signIn } = Promise.withResolvers<Session>()
  const authenticate = vi.spyOn(app, 'authenticate').mockReturnValue(signedIn)
  const running = fetch(`${server.url}${query}`)
  await eventually(() => expect(authenticate).toHaveBeenCalled())

  const stopped = server.stop()
  await expect(fetch(`${server.url}${query}`)).rejects.toThrow()
  signIn({ viewer: ANONYMOUS, expiresAt: null })
  const response = await running
  expect(await response.json()).toEqual({ data: { __typename: 'Query' } })
  expect(response.headers.get('connection')).toBe('close')
  await stopped
  await server.stop()
})

it('cuts off a request that takes too long', async () => {
  const { app, server } = await startOnPort({ stopMs: 100 })
  const authenticate = vi.spyOn(app, 'authenticate').mockReturnValue(new Promise(() => {}))
  const running = fetch(`${server.url}${query}`).catch((error: unknown) => error)
  await eventually(() => expect(authenticate).toHaveBeenCalled())
  await server.stop()
  expect(await running).toBeInstanceOf(Error)
})

it('is alive and ready before it stops', async () => {
  const { app, server } = await startOnPortForTest()
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
  vi.spyOn(app, 'isReady').mockResolvedValue(false)
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(503)
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
})

it('answers 503 until the application has started', async () => {
  const listener = await listen({ host: '127.0.0.1', port: 0 })
  const early = await fetch(`${listener.url}/health/live`)
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1'])
  await expect(openRawSocket(listener.url)).rejects.toThrow()
  const { app } = await startApp({ publicUrl: listener.url })
  const config = {
    limits: TEST_LIMITS,
    graphiql: false,
    introspection: false,
    drainMs: 0,
    network: NO_PROXIES,
  }
  const server = startServer({ app, listener, config, documents: NO_PERSISTED_DOCUMENTS, onFault: () => {} })
  onTestFinished(() => server.stop())
  expect((await fetch(`${listener.url}/health/live`)).status).toBe(200)
})

it('fails to start when the port is in use', async () => {
  const other = createServer()
  onTestFinished(() => void other.close())
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  await expect(listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

it('closes open sockets with a code after which clients reconnect, and ends subscriptions over HTTP', async () => {
  const { server, ...testApp } = await startOnPort()
  const acme = await createTestWorkspace({ ...testApp })
  const operation = { query: 'subscription { workspaceEvents { __typename } }' }
  const consoles = Array.from({ length: 5 }, () =>
    subscribe(createSocketClient(server.url, acme.admin.token), operation),
  )
  await Promise.all(consoles.map((console) => console.waitFor(1)))
  const overHttp = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${acme.admin.token}`,
    },
    body: JSON.stringify(operation),
  })
  await server.stop()
  expect(await Promise.all(consoles.map((console) => console.waitForEnd()))).toEqual(
    Array(5).fill({ code: 1012 }),
  )
  expect(await overHttp.text()).toMatch(/"code":"RESTART"/)
})
