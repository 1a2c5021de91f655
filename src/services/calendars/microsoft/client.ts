// Requests to Microsoft Graph, with answers that are parsed by a schema, over all pages, or mapped to a fault.
import { z } from 'zod'
import type { CalendarAccess } from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { createExchange, type GraphRequest, VERSION } from './exchange.ts'
import { faultOf } from './faults.ts'

export interface GraphClient {
  /** @throws CalendarFault, also when the answer is not what the schema describes */
  ask<Answer>(access: CalendarAccess, request: GraphRequest, answer: z.ZodType<Answer>): Promise<Answer>
  /** For requests whose answer is empty.
   * @throws CalendarFault */
  send(access: CalendarAccess, request: GraphRequest): Promise<void>
  /** All items of a list, over all pages.
   * @param path of the first page
   * @throws CalendarFault, also when a single page cannot be read */
  list<Item>(
    access: CalendarAccess,
    request: { path: string; deadline?: AbortSignal },
    item: z.ZodType<Item>,
  ): Promise<Item[]>
}

/** @param options.graphUrl the origin of Graph; nothing is sent elsewhere */
export function createGraphClient({ graphUrl }: { graphUrl: string }): GraphClient {
  const { origin } = new URL(graphUrl)
  const exchange = createExchange(origin)

  async function checked(access: CalendarAccess, request: GraphRequest): Promise<unknown> {
    const { status, headers, body } = await exchange(access, request)
    if (status >= 200 && status < 300) return body
    throw faultOf(
      {
        status,
        code: codeOf(body),
        requestId: headers.get('request-id'),
        retryAfter: headers.get('retry-after'),
        date: headers.get('date'),
      },
      request.of,
    )
  }

  const client: GraphClient = {
    ask: async (access, request, schema) => {
      const answer = schema.safeParse(await checked(access, request))
      if (!answer.success) throw new CalendarFault('RETRY', 'The response of Microsoft is invalid.')
      return answer.data
    },
    send: async (access, request) => {
      const body = await checked(access, request)
      if (body !== undefined) throw new CalendarFault('RETRY', 'The response of Microsoft is invalid.')
    },
    list: async (access, { path: first, deadline }, item) => {
      const page = z.object({ value: z.array(item), '@odata.nextLink': z.string().optional() })
      const items: z.infer<typeof item>[] = []
      for (let path: string | null = first; path !== null; ) {
        const request: GraphRequest = { method: 'GET', path, of: 'CALENDAR', deadline }
        const answer: z.infer<typeof page> = await client.ask(access, request, page)
        items.push(...answer.value)
        path = nextPath(answer['@odata.nextLink'], origin)
      }
      return items
    },
  }
  return client
}

/** @param values of the query. They are encoded here, because Microsoft's client does not encode them. */
export function withQuery(path: string, values: Record<string, string>): string {
  const query = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `${path}?${query.join('&')}`
}

const errorBody = z.object({ error: z.object({ code: z.string().regex(/^[\w.-]{1,80}$/) }) })

/** Only text in the form of a code may appear in a message.
 * @returns null when it is not an error of Graph's */
function codeOf(body: unknown): string | null {
  return errorBody.safeParse(body).data?.error.code ?? null
}

/** @returns null after the last page
 * @throws CalendarFault for a link to another server, which must not get the token */
function nextPath(link: string | undefined, origin: string): string | null {
  if (link === undefined) return null
  const url = URL.canParse(link) ? new URL(link) : null
  if (url?.origin !== origin || !url.pathname.startsWith(`/${VERSION}/`)) {
    throw new CalendarFault('RETRY', 'Microsoft returned a next page at another address than its own.')
  }
  return url.pathname.slice(VERSION.length + 1) + url.search
}
