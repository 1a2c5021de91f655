// Wake-ups over Redis survive failures of the connection. Without them, a node would be slow until its next start.
import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createRedisWakeUps } from '../../src/services/events/redis-wake-ups.ts'
import { eventually } from '../kit/eventually.ts'
import { type RedisProcess, startRedis } from '../kit/redis-process.ts'

it('subscribes in the end when the connection breaks during the subscription', async () => {
  const redis = await startRedisForTest()
  const { url, wasBroken } = await startBreakingProxy(redis)
  const errors: unknown[] = []
  const wakeUps = createRedisWakeUps({ url, onError: (error) => void errors.push(error) })
  onTestFinished(() => wakeUps.close())
  await eventually(async () => expect(await redis.countListeners()).toBe(1))
  expect(wasBroken()).toBe(true)
  expect(errors.length).toBeGreaterThan(0)
})

it('subscribes again after an outage of Redis, and wakes all streams', async () => {
  const redis = await startRedisForTest()
  const wakeUps = createRedisWakeUps({ url: redis.url, onError: () => {} })
  onTestFinished(() => wakeUps.close())
  await eventually(async () => expect(await redis.countListeners()).toBe(1))
  const woken: (string[] | null)[] = []
  wakeUps.listen((streamIds) => void woken.push(streamIds))
  await redis.kill()
  await redis.start()
  await eventually(async () => expect(await redis.countListeners()).toBe(1))
  await eventually(() => expect(woken).toContain(null))
})

it('closes while Redis does not answer', async () => {
  const redis = await startRedisForTest()
  await redis.kill()
  const errors: unknown[] = []
  const wakeUps = createRedisWakeUps({ url: redis.url, onError: (error) => void errors.push(error) })
  await eventually(() => expect(errors.length).toBeGreaterThan(0))
  await wakeUps.close()
})

async function startRedisForTest(): Promise<RedisProcess> {
  const redis = await startRedis()
  onTestFinished(() => redis.kill())
  return redis
}

/** A proxy between a node and Redis, which breaks the connection at the first `subscribe`. */
async function startBreakingProxy({ url }: RedisProcess) {
  let isBroken = false
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = dial(Number(new URL(url).port), '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    upstream.pipe(client)
    client.on('data', (chunk) => {
      if (!isBroken && chunk.includes('subscribe')) {
        isBroken = true
        client.destroy()
        upstream.destroy()
      } else upstream.write(chunk)
    })
    client.on('close', () => upstream.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  return { url: `redis://127.0.0.1:${port}`, wasBroken: () => isBroken }
}
