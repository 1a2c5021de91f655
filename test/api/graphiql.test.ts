import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { startApp, startAppForTest } from '../kit/app.ts'
import { useApp } from '../kit/scene.ts'

const asPage = { headers: { accept: 'text/html' } }
const SCRIPTS = ['graphiql.js', 'graphql.worker.js', 'json.worker.js', 'editor.worker.js']

describe('GraphiQL', () => {
  const app = useApp(startApp)

  const read = async (path: string) => {
    const response = await app.fetch(path)
    expect(response.status, path).toBe(200)
    return response.text()
  }

  it('is the page at the endpoint, with the examples in its tabs', async () => {
    const response = await app.fetch('/graphql', asPage)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/)
    expect(await response.text()).toContain('query WhoAmI')
  })

  it('loads nothing from another host', async () => {
    const page = await app.fetch('/graphql', asPage).then((response) => response.text())
    const loaded = page.matchAll(/<(?:script|link|img|iframe)[^>]*?(?:src|href)=\\?"([^"\\]*)/g)
    const named = page.matchAll(/"(\/assets\/[^"\\]*)/g)
    const paths = [...loaded, ...named].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(5)
    for (const path of paths) expect(path).toMatch(/^\/assets\/[\w.-]+$/)
    for (const path of new Set(paths)) {
      const text = await read(path)
      expect(text.match(/@import\s+["'(]|url\(\s*["']?(?:https?:)?\/\//)?.[0], path).toBeUndefined()
      expect(
        text.match(/(?:\bimport|importScripts|fetch|Worker|open)\s*\(\s*["'`](?:https?:)?\/\//)?.[0],
        path,
      ).toBeUndefined()
      expect(text.match(/\.(?:src|href)\s*=\s*["'`](?:https?:)?\/\//)?.[0], path).toBeUndefined()
    }
  })

  it('is sent compressed, and not again to a browser that has it cached', async () => {
    for (const [encoding, decompress] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const headers = { 'accept-encoding': encoding }
      const response = await app.fetch('/assets/graphiql.js', { headers })
      expect(response.headers.get('content-encoding')).toBe(encoding)
      const sent = Buffer.from(await response.arrayBuffer())
      expect(sent.length).toBeLessThan(2_000_000)
      expect(decompress(sent).toString()).toBe(await read('/assets/graphiql.js'))
      const etag = response.headers.get('etag') ?? ''
      const again = await app.fetch('/assets/graphiql.js', { headers: { ...headers, 'if-none-match': etag } })
      expect(again.status).toBe(304)
    }
  })

  it('comes with its workers', async () => {
    for (const name of SCRIPTS) {
      const response = await app.fetch(`/assets/${name}`)
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    }
  })

  it('is not served when it is switched off', async () => {
    const without = await startAppForTest({ graphiql: false })
    expect((await without.fetch('/graphql', asPage)).headers.get('content-type') ?? '').not.toMatch(/html/)
    for (const name of SCRIPTS) expect((await without.fetch(`/assets/${name}`)).status).toBe(404)
  })
})
