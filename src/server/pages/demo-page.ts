// The entry page of the demo: the identities, with a link into GraphiQL for each, and examples to run. It shows tokens,
// so it exists in demo mode only, where requests from other hosts are refused (use-loopback-only.ts).
import { encodeGlobalID } from '@pothos/plugin-relay'
import type { Services } from '../../services/context.ts'
import { type DemoIdentity, type DemoWorkspace, readDemo } from '../../services/demo/demo-identities.ts'
import type { KeptMail } from '../../services/ports/mailer.ts'
import type { Page } from '../use-pages.ts'
import { createCalendarExamples } from './calendar-examples.ts'
import type { Example } from './example.ts'
import { createExamples } from './examples.ts'
import { html, htmlResponse, jsonScript } from './html.ts'
import { renderMailList } from './mail-page.ts'

interface DemoPageOptions {
  services: Services
  graphqlPath: string
  graphiql: boolean
}

/** Serves `/demo`: as JSON for clients that accept it, otherwise as a page. */
export function createDemoPage({ services, graphqlPath, graphiql }: DemoPageOptions): Page {
  return async ({ request, url }) => {
    if (url.pathname !== '/demo') return null
    const demo = await readDemo(services)
    if (demo === null) return null
    const accepted = request.headers.get('accept') ?? ''
    if (accepted.includes('application/json')) {
      const headers = { 'cache-control': 'no-store' }
      return Response.json(toJson(demo, new URL(graphqlPath, url)), { headers })
    }
    const examples = [
      ...createExamples({ now: services.clock.now(), pageUrl: new URL(url.pathname, url).href }),
      ...createCalendarExamples(services),
    ]
    const mails = (await services.mailer.listKept?.()) ?? null
    return htmlResponse(render({ ...demo, examples, mails, graphiqlPath: graphiql ? graphqlPath : null }))
  }
}

interface Demo {
  workspace: DemoWorkspace
  identities: DemoIdentity[]
}

function toJson({ workspace, identities }: Demo, graphql: URL) {
  return {
    workspace: { ...workspace, id: encodeGlobalID('Workspace', workspace.id) },
    identities: identities.map((identity) => ({
      ...identity,
      agentId: encodeGlobalID('Agent', identity.agentId),
    })),
    graphql: graphql.href,
  }
}

type View = Demo & { examples: Example[]; mails: KeptMail[] | null; graphiqlPath: string | null }

function render({ workspace, identities, examples, mails, graphiqlPath }: View) {
  const data = { examples, identities: identities.map(({ token }) => ({ token })) }
  return html`<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Demo · Switchboard</title>
    <link rel="icon" href="/assets/icon.svg">
    <link rel="stylesheet" href="/assets/page.css">
  </head>
  <body>
    <header>
      <h1><img src="/assets/icon.svg" width="40" height="40" alt=""> Switchboard</h1>
      <p>The workspace of this demo is <strong>${workspace.name}</strong>, whose public key is
        <code>${workspace.publicKey}</code>. The <a href="#mails">mails</a> that it wrote are at the end of the page.</p>
    </header>
    <main>
      <h2 id="identities">Identities</h2>
      <ul class="cards" aria-labelledby="identities">
        ${identities.map((identity) => renderIdentity(identity, graphiqlPath))}
      </ul>
      <h2>Examples</h2>
      <p>Run the examples in order: later ones use the responses of earlier ones.</p>
      <p><label for="identity">Run staff examples as</label>
        <select id="identity">
          ${identities.map(({ name }, index) => html`<option value="${String(index)}">${name}</option>`)}
        </select></p>
      ${examples.map(renderExample)}
      <h2 id="mails">Mails</h2>
      ${renderMailList(mails)}
    </main>
    ${jsonScript('demo', data)}
    <script type="module" src="/assets/demo.js"></script>
  </body>
</html>`
}

const ROLE_NAMES = { ADMINISTRATOR: 'Administrator', AGENT: 'Agent' }

function renderIdentity({ name, email, role, token }: DemoIdentity, graphiqlPath: string | null) {
  const headers = JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2)
  const link = `${graphiqlPath}#headers=${encodeURIComponent(headers)}`
  return html`<li>
          <h3>${name}</h3>
          <p class="quiet">${ROLE_NAMES[role]} · ${email}</p>
          ${graphiqlPath === null ? '' : html`<p><a href="${link}">Open GraphiQL as ${name}</a></p>`}
          <details><summary>Token</summary><code>${token}</code></details>
        </li>`
}

const PERFORMERS = { STAFF: 'as staff', VISITOR: 'as the visitor', ANYBODY: 'without a token' }

function renderExample({ name, as, description, query, variables }: Example, index: number) {
  const id = String(index)
  return html`<article id="example-${id}" aria-labelledby="name-${id}">
        <header>
          <div>
            <h3 id="name-${id}">${String(index + 1)}. ${name}</h3>
            <p>${description} <span class="quiet">Runs ${PERFORMERS[as]}.</span></p>
          </div>
          <button type="button" aria-describedby="name-${id}">Run</button>
        </header>
        <details>
          <summary>Operation</summary>
          <pre><code>${query}</code></pre>
          <pre><code>${JSON.stringify(variables, null, 2)}</code></pre>
        </details>
        <output hidden><pre></pre></output>
      </article>`
}
