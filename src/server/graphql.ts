// Answers everything over HTTP, as one function from a request to a response: GraphQL at `/graphql`, health checks and
// pages. http-server.ts listens on a port for it; tests call it directly.
import { createYoga, type Plugin, useReadinessCheck, type YogaServerInstance } from 'graphql-yoga'
import type { App } from '../app.ts'
import type { Config } from '../config/config.ts'
import type { SchemaContext } from '../schema/context.ts'
import { schema } from '../schema/index.ts'
import type { Session } from '../services/identity/authenticate.ts'
import { BrowserCookies } from './browser-cookies.ts'
import { type ClientAddressOf, createClientAddresses } from './client-address.ts'
import { createContext, type SocketInitial } from './context.ts'
import { credentialsOf } from './credentials.ts'
import { DocumentCache } from './document-cache.ts'
import type { PersistedDocuments } from './documents/persisted-documents.ts'
import { usePersistedDocuments } from './documents/use-persisted-documents.ts'
import { createLive, type Live } from './live/live.ts'
import { useLiveRequests } from './live/use-live-requests.ts'
import { type Fault, maskError } from './mask-error.ts'
import { createOrigins, type Origins } from './origins.ts'
import { GRAPHIQL_FILES, PAGE_FILES, SCHEMA_FILES } from './pages/assets.ts'
import { createCalendarPages } from './pages/calendar-page.ts'
import { createConfirmationPages } from './pages/confirmation-page.ts'
import { createDemoPage } from './pages/demo-page.ts'
import { createGraphiqlPage } from './pages/graphiql-page.ts'
import { createMailPage } from './pages/mail-page.ts'
import { createMeetingPage } from './pages/meeting/meeting-page.ts'
import { createStaticFiles } from './static-files.ts'
import { useAnswerLimit } from './use-answer-limit.ts'
import { useCalendarWebhooks } from './use-calendar-webhooks.ts'
import { useCors } from './use-cors.ts'
import { useCost } from './use-cost.ts'
import { useHiddenSchema } from './use-hidden-schema.ts'
import { useJsonRequests } from './use-json-requests.ts'
import { type Page, usePages } from './use-pages.ts'
import { useQueryLimits } from './use-query-limits.ts'
import { useRetryAfter } from './use-retry-after.ts'
import { useSecurityHeaders } from './use-security-headers.ts'

export const GRAPHQL_PATH = '/graphql'

/** Some hundred usual documents. A parsed one takes up to 150 bytes for each character. */
const MAX_CACHED_CHARACTERS = 512 * 1024

export interface GraphqlOptions extends Pick<Config, 'limits' | 'graphiql' | 'introspection' | 'network'> {
  documents: PersistedDocuments
  /** Receives every internal error, with the request id that the client got instead. */
  onFault(fault: Fault): void
  /** What `/health/ready` answers. */
  isReady(): Promise<boolean>
}

export type GraphqlServer = YogaServerInstance<SocketInitial, SchemaContext> & {
  live: Live
  documents: PersistedDocuments
  origins: Origins
  clientAddressOf: ClientAddressOf
}

export function createGraphqlServer(app: App, options: GraphqlOptions): GraphqlServer {
  const mask = (error: unknown) => maskError(error, options.onFault)
  const live = createLive({ app, mask })
  const sessionOf = createSessions(app)
  const origins = createOrigins(app)
  const clientAddressOf = createClientAddresses(options.network, app.services)
  const cookies = new BrowserCookies(app.services.settings)
  const yoga = createYoga<SocketInitial, SchemaContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    healthCheckEndpoint: '/health/live',
    // Our own plugins do these, or nothing does.
    logging: false,
    multipart: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    maxRequestBodySize: false,
    parserAndValidationCache: {
      documentCache: new DocumentCache(MAX_CACHED_CHARACTERS),
      errorCache: new DocumentCache(MAX_CACHED_CHARACTERS),
    },
    maskedErrors: { maskError: mask },
    plugins: createPlugins(app, { ...options, live, sessionOf, origins, cookies }),
    context: async ({ request, params, socketContext, req }) => {
      if (socketContext) return socketContext
      const session = await sessionOf(request)
      const origin = origins.foreign({
        origin: request.headers.get('origin'),
        host: new URL(request.url).host,
      })
      return createContext(app, {
        session,
        origin,
        address: req === undefined ? null : clientAddressOf(req),
        query: params.query,
        maxCost: options.limits.maxCost,
        bindBrowser: (binding) => cookies.add(request, binding),
      })
    },
  })
  return Object.assign(yoga, { live, origins, clientAddressOf, documents: options.documents })
}

type SessionOf = (request: Request) => Promise<Session>

/** Authenticates each request once, whoever asks first. */
function createSessions(app: App): SessionOf {
  const sessions = new WeakMap<Request, Promise<Session>>()
  return (request) => {
    const session = sessions.get(request) ?? app.authenticate(credentialsOf(request.headers))
    sessions.set(request, session)
    return session
  }
}

type Parts = { live: Live; sessionOf: SessionOf; origins: Origins; cookies: BrowserCookies }

function createPlugins(app: App, options: GraphqlOptions & Parts): Plugin[] {
  const { limits, documents, live, sessionOf, origins, cookies, onFault } = options
  const calendarPages = createCalendarPages(app.services, cookies)
  const confirmationPages = createConfirmationPages(app.services)
  return [
    useSecurityHeaders(GRAPHQL_PATH),
    useCors({ path: GRAPHQL_PATH, origins, onFault }),
    useReadinessCheck({ endpoint: '/health/ready', check: () => checkReadiness(app, options) }),
    useCalendarWebhooks(app.services),
    cookies.plugin,
    usePages({
      pages: [calendarPages.callback, confirmationPages.question, ...createPages(app, options)],
      onFault,
    }),
    usePages({ method: 'POST', pages: [calendarPages.confirmation, confirmationPages.answer], onFault }),
    useJsonRequests(limits),
    usePersistedDocuments({ documents, sessionOf }),
    useQueryLimits(limits),
    useCost(),
    useAnswerLimit(),
    useRetryAfter(),
    useLiveRequests(app, { live, sessionOf, maxPerCaller: limits.maxSocketsPerCaller }),
    ...(options.introspection ? [] : [useHiddenSchema()]),
  ]
}

async function checkReadiness(app: App, { isReady }: GraphqlOptions): Promise<boolean | Response> {
  const { clockWarning } = app.live.heartbeat
  if (!(await isReady())) return false
  return clockWarning === null ? true : new Response(`${clockWarning}\n`)
}

function createPages({ signIn, services }: App, { graphiql, introspection }: GraphqlOptions): Page[] {
  const redirectToDemo: Page = async ({ url }) =>
    url.pathname === '/' ? new Response(null, { status: 302, headers: { location: '/demo' } }) : null
  return [
    createMeetingPage(),
    createStaticFiles({
      ...PAGE_FILES,
      ...(graphiql ? GRAPHIQL_FILES : {}),
      ...(introspection ? SCHEMA_FILES : {}),
    }),
    ...(graphiql ? [createGraphiqlPage({ path: GRAPHQL_PATH, services })] : []),
    ...(signIn.mode === 'DEMO'
      ? [
          redirectToDemo,
          createDemoPage({ services, graphiql, graphqlPath: GRAPHQL_PATH }),
          createMailPage(services),
        ]
      : []),
  ]
}
