import { expect, it } from 'vitest'
import { createFirstWorkspace } from '../../../src/services/workspaces/first-workspace.ts'
import { startApp } from '../../kit/app.ts'
import { useApp } from '../../kit/scene.ts'

const app = useApp(startApp, { perTest: true })

it('creates the first workspace once, even when several nodes start, with an administrator of that e-mail', async () => {
  const { services } = app.app
  const created = await Promise.all([1, 2, 3].map(() => createFirstWorkspace(services, 'root@acme.test')))
  expect(created.filter(Boolean)).toHaveLength(1)
  expect(await services.database.workspace.findMany()).toMatchObject([
    { name: 'Switchboard', timeZone: 'UTC' },
  ])
  const agents = await services.database.agent.findMany({ include: { roles: { include: { role: true } } } })
  expect(agents).toMatchObject([{ email: 'root@acme.test', roles: [{ role: { name: 'Administrator' } }] }])
})

it('leaves an existing workspace unchanged', async () => {
  const { services } = app.app
  await createFirstWorkspace(services, 'root@acme.test')
  expect(await createFirstWorkspace(services, 'other@acme.test')).toBe(false)
  expect(await services.database.agent.count()).toBe(1)
})
