import { expect, it } from 'vitest'
import { makeFirstWorkspace } from '../../../src/services/workspaces/first-workspace.ts'
import { startAppForTest } from '../../kit/app.ts'

it('makes the first workspace once, however many nodes start, with an administrator of that address', async () => {
  const { services } = (await startAppForTest()).app
  const made = await Promise.all([1, 2, 3].map(() => makeFirstWorkspace(services, 'root@acme.test')))
  expect(made.filter(Boolean)).toHaveLength(1)
  expect(await services.database.workspace.findMany()).toMatchObject([
    { name: 'Switchboard', timeZone: 'UTC' },
  ])
  const agents = await services.database.agent.findMany({ include: { roles: { include: { role: true } } } })
  expect(agents).toMatchObject([{ email: 'root@acme.test', roles: [{ role: { name: 'Administrator' } }] }])
})

it('leaves a workspace that is there as it is', async () => {
  const { services } = (await startAppForTest()).app
  await makeFirstWorkspace(services, 'root@acme.test')
  expect(await makeFirstWorkspace(services, 'other@acme.test')).toBe(false)
  expect(await services.database.agent.count()).toBe(1)
})
