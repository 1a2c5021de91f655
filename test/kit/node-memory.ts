// Looks into the memory of a server process from outside, by the inspector that Node has built in: the program knows
// nothing of it.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { ServerProcess } from './server-process.ts'

/** For the environment of a process that is to be looked into. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

const ADDRESS = /^Debugger listening on (ws:\S+)$/m

/** In bytes. */
export interface Memory {
  /** What is alive, buffers included. */
  used: number
  /** What the system has given the process. */
  rss: number
}

export interface MemoryProbe {
  /** Collects all garbage first. */
  measure(): Promise<Memory>
  close(): void
}

/** @param server started with `INSPECTABLE` */
export async function probeMemory(server: Pick<ServerProcess, 'errors'>): Promise<MemoryProbe> {
  const address = ADDRESS.exec(server.errors())?.[1]
  if (address === undefined) throw new Error('The process was not started with INSPECTABLE.')
  const socket = new WebSocket(address, { perMessageDeflate: false })
  await once(socket, 'open')
  let calls = 0
  const call = async <Result>(method: string, params: object = {}): Promise<Result> => {
    const id = ++calls
    const { promise, resolve } = Promise.withResolvers<Result>()
    const onMessage = (text: Buffer) => {
      const message = JSON.parse(text.toString())
      if (message.id === id) resolve(message.result)
    }
    socket.on('message', onMessage)
    socket.send(JSON.stringify({ id, method, params }))
    return promise.finally(() => socket.off('message', onMessage))
  }
  return {
    measure: async () => {
      // What finalizers free is gone only with the next collection.
      for (let round = 0; round < 2; round++) await call('HeapProfiler.collectGarbage')
      const { result } = await call<{ result: { value: NodeJS.MemoryUsage } }>('Runtime.evaluate', {
        expression: 'process.memoryUsage()',
        returnByValue: true,
      })
      const { heapUsed, external, rss } = result.value
      return { used: heapUsed + external, rss }
    },
    close: () => socket.terminate(),
  }
}
