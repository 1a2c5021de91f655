import { expect, it } from 'vitest'
import { installationKey } from '../../../src/services/identity/installation-key.ts'
import { vapidKeys } from '../../../src/services/notifications/push/vapid-keys.ts'
import { startAppForTest } from '../../kit/app.ts'

it('is one pair of keys, however many nodes start at the same time, and however often', async () => {
  const { app, clock } = await startAppForTest()
  const { database, push } = app.services
  const made = await database.installation.findUniqueOrThrow({ where: { id: 1 } })
  expect(push.publicKey).toBe(made.vapidPublicKey)
  await database.installation.deleteMany()
  const pairs = await Promise.all([1, 2, 3, 4].map(() => vapidKeys(database, clock.now())))
  pairs.push(await vapidKeys(database, clock.now()))
  expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1)
  expect(pairs[0]?.publicKey).not.toBe(made.vapidPublicKey)
  expect(Buffer.from(pairs[0]?.publicKey ?? '', 'base64url')).toHaveLength(65)
  expect(Buffer.from(pairs[0]?.privateKey ?? '', 'base64url')).toHaveLength(32)
})

it('is added to an installation that has its secret key already, and leaves that', async () => {
  const { app, clock } = await startAppForTest()
  const { database } = app.services
  await database.installation.deleteMany()
  const secretKey = await installationKey(database, clock.now())
  const { publicKey } = await vapidKeys(database, clock.now())
  expect(await installationKey(database, clock.now())).toEqual(secretKey)
  const { vapidPublicKey } = await database.installation.findUniqueOrThrow({ where: { id: 1 } })
  expect(vapidPublicKey).toBe(publicKey)
})
