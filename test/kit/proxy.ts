// A TCP proxy between a client and the server, to break connections as networks do.

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Proxy {
  /** Where the proxy listens, without a slash at the end. */
  url: string
  /** Breaks all connections; new ones are taken. */
  cut(): void
  /** Breaks all connections, and new ones at once. */
  close(): void
  /** Keeps connections and takes new ones, and lets nothing through. */
  stall(): void
  /** Takes connections again, and lets everything through. Those that have stalled are broken. */
  open(): void
}

/** Runs until the test is over.
 * @param target the server's address
 * @param onFinished that of the test's context, if it runs concurrently with others */
export async function startProxy(target: string, onFinished = onTestFinished): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  let isClosed = false
  let isStalled = false
  const server = createServer((client) => {
    if (isClosed) {
      client.destroy()
      return
    }
    const upstream = connect(Number(port), hostname)
    track(client)
    track(upstream)
    client.on('data', (chunk) => isStalled || upstream.write(chunk))
    upstream.on('data', (chunk) => isStalled || client.write(chunk))
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  onFinished(() => {
    cut()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: () => {
      isClosed = true
      cut()
    },
    stall: () => {
      isStalled = true
    },
    open: () => {
      if (isStalled) cut()
      isStalled = false
      isClosed = false
    },
  }
}
