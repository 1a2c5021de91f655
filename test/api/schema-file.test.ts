import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startApp, startAppForTest } from '../kit/app.ts'
import { useApp } from '../kit/scene.ts'

describe('/schema.graphql', () => {
  const app = useApp(startApp)

  it('is the committed schema, as text', async () => {
    const response = await app.fetch('/schema.graphql')
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const committed = await readFile(join(import.meta.dirname, '../../schema.graphql'), 'utf8')
    expect(await response.text()).toBe(committed)
  })

  it('is not sent again to a client that has it', async () => {
    const { headers } = await app.fetch('/schema.graphql')
    expect(headers.get('cache-control')).toBe('no-cache')
    const again = await app.fetch('/schema.graphql', {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('is hidden where introspection is off', async () => {
    const hidden = await startAppForTest({ introspection: false })
    expect((await hidden.fetch('/schema.graphql')).status).toBe(404)
  })
})
