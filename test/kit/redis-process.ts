// A Redis of the test's own, which it can kill and start again. It keeps nothing.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from '@redis/client'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'

export interface RedisProcess {
  url: string
  /** Ends it with SIGKILL; the promise is kept when it is gone. */
  kill(): Promise<void>
  /** Starts it again, at the same address. */
  start(): Promise<void>
  /** How many nodes are listening for wake-ups. */
  countListeners(): Promise<number>
}

/** Needs `redis-server` on the PATH. */
export async function startRedis(): Promise<RedisProcess> {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | null = null
  process.once('exit', () => child?.kill('SIGKILL'))
  const start = async () => {
    const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    child = spawn('redis-server', options, { stdio: 'ignore' })
    await eventually(() => ask(url, (client) => client.ping()))
  }
  await start()
  return {
    url,
    start,
    kill: async () => {
      if (child === null) return
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
      child = null
    },
    countListeners: async () => {
      const channel = 'switchboard:streams'
      return (await ask(url, (client) => client.pubSubNumSub([channel])))[channel] ?? 0
    },
  }
}

type RedisClient = ReturnType<typeof createClient>

async function ask<Answer>(url: string, question: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  // The promise of `connect` rejects too.
  client.on('error', () => {})
  try {
    await client.connect()
    return await question(client as RedisClient)
  } finally {
    client.destroy()
  }
}
