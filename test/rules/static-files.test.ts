import { expect, it } from 'vitest'
import { createStaticFiles, type StaticFile } from '../../src/server/static-files.ts'

const URL_OF_FILE = 'https://switchboard.test/page.css'

function serve(file: Partial<StaticFile> = {}) {
  const files = createStaticFiles({
    '/page.css': { type: 'text/css', read: async () => 'body { margin: 0 }', ...file },
  })
  return async (acceptEncoding = '') => {
    const request = new Request(URL_OF_FILE, { headers: { 'accept-encoding': acceptEncoding } })
    const response = await files({ request, url: new URL(URL_OF_FILE) })
    return response?.headers.get('content-encoding') ?? 'none'
  }
}

it.each([
  ['br;q=0, gzip', 'gzip'],
  ['gzip, br; q=0.000', 'gzip'],
  ['BR;Q=0', 'none'],
  ['br;q=0.5, gzip', 'br'],
  ['x-br, gzip;q=0', 'none'],
])('a file is sent in an encoding that the client accepts: %s → %s', async (accepted, encoding) => {
  expect(await serve()(accepted)).toBe(encoding)
})

it('a file that could not be read is read again at the next request', async () => {
  let reads = 0
  const read = async () => {
    reads += 1
    if (reads === 1) throw new Error('Too many open files')
    return 'body { margin: 0 }'
  }
  const request = serve({ read })
  await expect(request()).rejects.toThrow('Too many open files')
  expect(await request()).toBe('none')
  expect(await request()).toBe('none')
  expect(reads).toBe(2)
})
