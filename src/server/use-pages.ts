// Answers what is not GraphQL: pages and their files. A page that fails is logged, and its visitor told an id only;
// were it thrown on, the adapter beneath Yoga would answer with the stack.
import { randomUUID } from 'node:crypto'
import type { Plugin } from 'graphql-yoga'
import type { Fault } from './mask-error.ts'

/** Answers a GET request, or null when it is for somebody else. */
export type Page = (visit: { request: Request; url: URL }) => Promise<Response | null>

/** @param options.pages asked in their order */
export function usePages(options: { pages: readonly Page[]; onFault(fault: Fault): void }): Plugin {
  return {
    async onRequest({ request, url, endResponse }) {
      if (request.method !== 'GET') return
      const response = await firstAnswer({ request, url })
      if (response) endResponse(response)
    },
  }

  async function firstAnswer(visit: { request: Request; url: URL }): Promise<Response | null> {
    try {
      for (const page of options.pages) {
        const response = await page(visit)
        if (response) return response
      }
      return null
    } catch (error) {
      const requestId = randomUUID()
      options.onFault({ requestId, error })
      return new Response(`Something went wrong on our side. Please tell us the request id: ${requestId}\n`, {
        status: 500,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      })
    }
  }
}

/** Whether a browser asks for a page to show. */
export function wantsHtml(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') === true
}
