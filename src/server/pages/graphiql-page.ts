// GraphiQL, with the examples in its tabs. The page is rendered for each request, because the examples begin at the
// present time; its files are in assets.ts.
import type { Services } from '../../services/context.ts'
import { type Page, wantsHtml } from '../use-pages.ts'
import { createCalendarExamples } from './calendar-examples.ts'
import { createExamples } from './examples.ts'
import { html, htmlResponse, jsonScript } from './html.ts'
import { LIVE_EXAMPLES } from './live-examples.ts'

const TITLE = 'Switchboard'
const LOGO = '<img src="/assets/icon.svg" width="32" height="32" alt="">'
const FILES = {
  bundle: '/assets/graphiql.js',
  graphqlWs: '/assets/graphql-ws.js',
  // The workers, by the editor's labels.
  graphql: '/assets/graphql.worker.js',
  json: '/assets/json.worker.js',
  editorWorkerService: '/assets/editor.worker.js',
}

/** Serves browsers that open the endpoint. */
export function createGraphiqlPage({ path, services }: { path: string; services: Services }): Page {
  return async ({ request, url }) =>
    url.pathname === path && wantsHtml(request) ? htmlResponse(render(services, new URL('/demo', url))) : null
}

function render(services: Services, { href: pageUrl }: URL) {
  const options = {
    title: TITLE,
    logo: LOGO,
    examples: [
      ...createExamples({ now: services.clock.now(), pageUrl }),
      ...createCalendarExamples(services),
      ...LIVE_EXAMPLES,
    ],
    files: FILES,
  }
  return html`<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>GraphiQL · ${TITLE}</title>
    <link rel="icon" href="/assets/icon.svg">
    <link rel="stylesheet" href="/assets/graphiql-page.css">
    <link rel="stylesheet" href="/assets/graphiql.css">
  </head>
  <body>
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    ${jsonScript('options', options)}
    <script type="module" src="/assets/graphiql-start.js"></script>
  </body>
</html>`
}
