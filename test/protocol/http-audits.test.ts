// The audits of GraphQL over HTTP by those who wrote the specification, over a real port.
import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOnPort, type TestServer } from '../kit/server.ts'

describe('GraphQL over HTTP', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startOnPort()
  })
  afterAll(() => server.stop())

  const audits = serverAudits({ url: () => `${server.server.url}/graphql` })

  it('is judged by all 61 audits', () => {
    expect(audits).toHaveLength(61)
  })

  for (const { id, name, fn } of audits) {
    it(`${id} ${name}`, async () => {
      expect(await fn()).toMatchObject({ status: 'ok' })
    })
  }
})
