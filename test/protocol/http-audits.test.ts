// The audits of the specification GraphQL over HTTP, over a real port.
import { serverAudits } from 'graphql-http'
import { describe, expect, it } from 'vitest'
import { useApp } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

describe('GraphQL over HTTP', () => {
  const app = useApp(startOnPort)
  const audits = serverAudits({ url: () => `${app.server.url}/graphql` })

  it('has 61 audits', () => {
    expect(audits).toHaveLength(61)
  })

  for (const { id, name, fn } of audits) {
    it(`${id} ${name}`, async () => {
      expect(await fn()).toMatchObject({ status: 'ok' })
    })
  }
})
