// Serves static files, compressed and cached in memory. A file is read and compressed at its first request; browsers
// revalidate it by its ETag. Request paths are only looked up in the list of files, never opened on disk.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Page } from './use-pages.ts'

/** Higher levels take seconds to compress GraphiQL, which has several megabytes. */
const BROTLI_OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

const ENCODERS = {
  br: (content: Buffer) => promisify(brotliCompress)(content, BROTLI_OPTIONS),
  gzip: (content: Buffer) => promisify(gzip)(content),
  identity: async (content: Buffer) => content,
}
type Encoding = keyof typeof ENCODERS

export interface StaticFile {
  /** The media type; text is UTF-8. */
  type: string
  read(): Promise<string>
}

/** @param files by path, for example `/assets/demo.js`
 * @returns the page that serves them */
export function createStaticFiles(files: Record<string, StaticFile>): Page {
  const encoded = new Map<string, Promise<EncodedFile>>()
  const encode = (path: string, file: StaticFile, encoding: Encoding) => {
    const key = `${encoding} ${path}`
    const known = encoded.get(key)
    if (known) return known
    const content = encodeFile(file, encoding)
    encoded.set(key, content)
    content.catch(() => encoded.delete(key))
    return content
  }
  return async ({ request, url }) => {
    const file = Object.hasOwn(files, url.pathname) ? files[url.pathname] : undefined
    if (file === undefined) return null
    const encoding = preferredEncoding(request.headers.get('accept-encoding') ?? '')
    const { body, etag } = await encode(url.pathname, file, encoding)
    const headers = { etag, 'cache-control': 'no-cache', vary: 'Accept-Encoding' }
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
    return new Response(body, {
      headers: {
        ...headers,
        'content-type': file.type,
        ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
      },
    })
  }
}

interface EncodedFile {
  body: Uint8Array<ArrayBuffer>
  etag: string
}

async function encodeFile(file: StaticFile, encoding: Encoding): Promise<EncodedFile> {
  const body = Uint8Array.from(await ENCODERS[encoding](Buffer.from(await file.read())))
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }
}

/** @param acceptEncoding the request's header, in which the weight 0 refuses an encoding (RFC 9110, section 12.5.3) */
function preferredEncoding(acceptEncoding: string): Encoding {
  const accepted = acceptEncoding
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())
  const accepts = (name: Encoding) =>
    accepted.some((entry) => entry.split(/[\s;]/)[0] === name && !/;\s*q=0(\.0*)?$/.test(entry))
  return (['br', 'gzip'] as const).find(accepts) ?? 'identity'
}
