// Serves what is not GraphQL: pages and their files. An error in a page is logged, and the response shows only its
// request id; if the hook threw, the adapter beneath Yoga would answer with the stack trace.
import { randomUUID } from 'node:crypto'
import type { Plugin } from 'graphql-yoga'
import { isDatabaseAway } from '../database/sql-state.ts'
import { type Fault, RETRY_AFTER } from './mask-error.ts'

/** Answers a request; with null if the page is not responsible for it. */
export type Page = (visit: { request: Request; url: URL }) => Promise<Response | null>

/** @param options.method of the requests that the pages may answer; left out: GET
 * @param options.pages in the order in which they may answer */
export function usePages(options: {
  method?: 'GET' | 'POST'
  pages: readonly Page[]
  onFault(fault: Fault): void
}): Plugin {
  return {
    async onRequest({ request, url, endResponse }) {
      if (request.method !== (options.method ?? 'GET')) return
      const response = await firstResponse({ request, url })
      if (response) endResponse(response)
    },
  }

  async function firstResponse(visit: { request: Request; url: URL }): Promise<Response | null> {
    try {
      for (const page of options.pages) {
        const response = await page(visit)
        if (response) return response
      }
      return null
    } catch (error) {
      const requestId = randomUUID()
      options.onFault({ requestId, error })
      if (isDatabaseAway(error)) return unavailable()
      return new Response(`Something went wrong on our side. Please tell us the request id: ${requestId}\n`, {
        status: 500,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      })
    }
  }
}

const unavailable = () =>
  new Response('The database cannot be reached at present. Please try again.\n', {
    status: 503,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...RETRY_AFTER },
  })

/** Whether a browser requests a page to display. */
export function wantsHtml(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') === true
}
