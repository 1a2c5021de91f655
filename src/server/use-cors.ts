// Allows browsers on the websites of the workspaces to call the API. A preflight carries no token, so an origin is
// allowed if any workspace lists it; `startVisit` then checks it against the workspace that is visited. Credentials are
// allowed for one cookie only, which binds an attempt to connect a calendar to the browser (browser-cookies.ts).
import { randomUUID } from 'node:crypto'
import type { Plugin } from 'graphql-yoga'
import { WORKSPACE_HEADER } from './credentials.ts'
import type { Fault } from './mask-error.ts'
import type { Origins } from './origins.ts'

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': `authorization, content-type, ${WORKSPACE_HEADER}`,
  'access-control-max-age': '600',
}

export interface CorsOptions {
  path: string
  origins: Origins
  /** Receives the error if the origins cannot be read; none is allowed then. */
  onFault(fault: Fault): void
}

/** Answers preflights, and adds the CORS headers to every response of `path`. */
export function useCors({ path, origins, onFault }: CorsOptions): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname === path && isPreflight(request)) {
        endResponse(new fetchAPI.Response(null, { status: 204 }))
      }
    },
    async onResponse({ request, response }) {
      const { pathname, host } = new URL(request.url)
      if (pathname !== path) return
      response.headers.append('vary', 'Origin')
      const origin = request.headers.get('origin')
      if (origin === null || !(await isAllowed({ origin, host }))) return
      response.headers.set('access-control-allow-origin', origin)
      response.headers.set('access-control-allow-credentials', 'true')
      if (!isPreflight(request)) return
      for (const [name, value] of Object.entries(PREFLIGHT_HEADERS)) response.headers.set(name, value)
    },
  }

  // A hook of the response must not throw: the adapter would answer with the stack trace.
  async function isAllowed(call: { origin: string; host: string }): Promise<boolean> {
    try {
      const foreign = origins.foreign(call)
      return foreign === null || (await origins.allows(foreign))
    } catch (error) {
      onFault({ requestId: randomUUID(), error })
      return false
    }
  }
}

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method')
}
