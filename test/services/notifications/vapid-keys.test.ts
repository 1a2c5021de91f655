import { expect, it } from 'vitest'
import { installationKey } from '../../../src/services/identity/installation-key.ts'
import { vapidKeys } from '../../../src/services/notifications/push/vapid-keys.ts'
import { startApp } from '../../kit/app.ts'
import { useApp } from '../../kit/scene.ts'

const testApp = useApp(startApp, { perTest: true })

it('are one pair of keys, no matter how many nodes start at the same time, and how often', async () => {
  const { app, clock } = testApp
  const { database, push } = app.services
  const created = await database.installation.findUniqueOrThrow({ where: { id: 1 } })
  expect(push.publicKey).toBe(created.vapidPublicKey)
  await database.installation.deleteMany()
  const pairs = await Promise.all([1, 2, 3, 4].map(() => vapidKeys(database, clock.now())))
  pairs.push(await vapidKeys(database, clock.now()))
  expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1)
  expect(pairs[0]?.publicKey).not.toBe(created.vapidPublicKey)
  expect(Buffer.from(pairs[0]?.publicKey ?? '', 'base64url')).toHaveLength(65)
  expect(Buffer.from(pairs[0]?.privateKey ?? '', 'base64url')).toHaveLength(32)
})

it('are added to an installation that already has its secret key, which stays the same', async () => {
  const { app, clock } = testApp
  const { database } = app.services
  await database.installation.deleteMany()
  const secretKey = await installationKey(database, clock.now())
  const { publicKey } = await vapidKeys(database, clock.now())
  expect(await installationKey(database, clock.now())).toEqual(secretKey)
  const { vapidPublicKey } = await database.installation.findUniqueOrThrow({ where: { id: 1 } })
  expect(vapidPublicKey).toBe(publicKey)
})
