// The website of a customer: plain files on a port of their own, with the build of graphql-ws that browsers use.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const GRAPHQL_WS = fileURLToPath(new URL('../../node_modules/graphql-ws/dist', import.meta.url))
const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** Serves the files of a folder, and those of graphql-ws under /graphql-ws/, until the test is over.
 * @returns the origin */
export async function serveWebsite(folder: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const from = pathname.startsWith('/graphql-ws/') ? GRAPHQL_WS : folder
    try {
      const file = await readFile(join(from, basename(pathname)))
      response.setHeader('content-type', MEDIA_TYPES[extname(pathname)] ?? 'application/octet-stream')
      response.end(file)
    } catch {
      // No such file: the page that asks shows it as a fault.
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
