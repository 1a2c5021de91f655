// The mails that the demo wrote, on its pages.
import { expect, it } from 'vitest'
import { createMailPage, renderMailList } from '../../src/server/pages/mail-page.ts'
import type { KeptMail } from '../../src/services/ports/mailer.ts'
import { startAppForTest } from '../kit/app.ts'

const HOSTILE: KeptMail = {
  name: 'a"b@<x>.eml',
  sentAt: new Date('2026-03-02T08:00:00Z'),
  to: '<script>alert(1)</script>@evil.example',
  subject: '"><script>alert(2)</script>',
  text: '</pre><script>alert(3)</script>',
  html: '"></iframe><script>alert(4)</script>',
}

/** @returns the body of the page */
async function open(path: string): Promise<string | undefined> {
  const mailer = {
    send: async () => {},
    readKept: async (name: string) => (name === HOSTILE.name ? HOSTILE : null),
  }
  const url = new URL(path, 'http://localhost')
  const response = await createMailPage({ mailer })({ request: new Request(url), url })
  return response?.text()
}

it('cannot put markup or scripts into the pages, whatever visitors wrote', async () => {
  const list = renderMailList([HOSTILE]).markup
  const [, path = ''] = /href="([^"]+)"/.exec(list) ?? []
  const page = (await open(path)) ?? ''
  for (const shown of [list, page]) expect(shown).not.toContain('<script>alert')
  expect(page.match(/<iframe /g)).toHaveLength(1)
  expect(page).toMatch(
    /<iframe [^>]* sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="[^"]*"><\/iframe>/,
  )
  expect(page).toContain('&lt;script&gt;alert(4)&lt;/script&gt;')
})

it('have no page for a name that is unknown or malformed', async () => {
  for (const name of ['nobody.eml', '%E0%A4', '..%2F..%2Fetc%2Fpasswd']) {
    expect(await open(`/demo/mails/${name}`)).toBeUndefined()
  }
})

it('are not shown where a provider signs people in', async () => {
  const signIn = { mode: 'OIDC' as const, issuer: 'http://127.0.0.1:9', audience: 'api' }
  const { fetch } = await startAppForTest({ signIn })
  expect((await fetch('/demo/mails/a.eml')).status).toBe(404)
})
