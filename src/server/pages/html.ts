// Templates for the pages: a value never becomes markup or a script.

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Markup, as `html` makes it. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

/** Markup with values: text is escaped, markup and lists of markup are inserted as they are. */
export function html(strings: TemplateStringsArray, ...values: (string | Html | Html[])[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(toMarkup)))
}

/** Data for a script of the page, which reads it by the id. */
export function jsonScript(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return new Html(`<script type="application/json" id="${toMarkup(id)}">${json}</script>`)
}

/** A page without a script: a title, and what comes after it. */
export function plainPage(title: string, content: Html[]): Html {
  return html`<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="/assets/icon.svg">
    <link rel="stylesheet" href="/assets/page.css">
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>`
}

/** The response with a page, which shows secrets or the present state and must not be cached.
 * @param options.policy the security policy; left out: that of all pages */
export function htmlResponse({ markup }: Html, { policy }: { policy?: string } = {}): Response {
  return new Response(`<!doctype html>\n${markup}`, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...(policy === undefined ? {} : { 'content-security-policy': policy }),
    },
  })
}

function toMarkup(value: string | Html | Html[]): string {
  if (Array.isArray(value)) return value.map(toMarkup).join('\n')
  return value instanceof Html ? value.markup : value.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
}
