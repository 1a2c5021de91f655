import { parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import * as documents from '../../src/server/pages/meeting/documents.js'
import { startAppForTest } from '../kit/app.ts'

it('serves the page that the link of a mail opens, with nothing from elsewhere', async () => {
  const app = await startAppForTest()
  const page = await app.fetch('/meeting', { headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  const html = await page.text()
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
  expect(loaded).toContain('/assets/meeting/meeting.js')
  for (const path of loaded) {
    expect(path).toMatch(/^\/assets\//)
    expect((await app.fetch(path)).status).toBe(200)
  }
})

it('sends operations that fit the schema', () => {
  for (const document of Object.values(documents)) {
    expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([])
  }
})
