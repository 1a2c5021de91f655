// Renders a mail as plain text and as HTML, with the same words in the same order. The HTML loads no resources, and
// every value in it is escaped. Mail programs differ in what they keep of a style sheet, so the light colours are in the
// elements, and the sheet only has the dark ones.

export interface MailContent {
  subject: string
  greeting: string
  headline: string
  details: MailDetail[]
  /** What the reader can do, the most likely first, which is the button. Empty: nothing. */
  actions: MailAction[]
  closing: string
}

/** `text` may have several lines. */
export interface MailDetail {
  label: string
  text: string
}

export interface MailAction {
  label: string
  url: string
}

const FONT = 'font-family: system-ui, Arial, Helvetica, sans-serif; font-size: 16px; line-height: 1.5;'
const TEXT = '#1c2430'
const QUIET = '#5a6675'
const ACCENT = '#0b5cad'

const DARK = `:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background-color: #12161c !important; }
  .card { background-color: #1b2129 !important; border-color: #303945 !important; }
  .text { color: #e6eaf0 !important; }
  .quiet { color: #9aa7b8 !important; }
  .link { color: #7db9ff !important; }
  .button { background-color: #7db9ff !important; }
  .button a { color: #12161c !important; }
}`

export function renderText({ greeting, headline, details, actions, closing }: MailContent): string {
  const links = actions.map(({ label, url }) => `${label}: ${url}`)
  const paragraphs = [greeting, headline, details.map(detailAsText).join('\n'), links.join('\n'), closing]
  return `${paragraphs.filter(Boolean).join('\n\n')}\n`
}

export function renderHtml({ subject, greeting, headline, details, actions, closing }: MailContent): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(subject)}</title>`,
    `<style>${DARK}</style>`,
    '</head>',
    `<body class="page" style="margin: 0; padding: 24px 12px; background-color: #f6f7f9; ${FONT}">`,
    '<div class="card" style="max-width: 560px; margin: 0 auto; padding: 24px; background-color: #ffffff; border: 1px solid #dde2e8; border-radius: 8px;">',
    `<p class="text" dir="auto" style="margin: 0 0 8px; color: ${TEXT};">${escapeHtml(greeting)}</p>`,
    `<h1 class="text" style="margin: 0 0 24px; font-size: 24px; line-height: 1.25; color: ${TEXT};">${escapeHtml(headline)}</h1>`,
    '<dl style="margin: 0;">',
    ...details.map(detailAsHtml),
    '</dl>',
    ...actions.map(actionAsHtml),
    '</div>',
    `<p class="quiet" dir="auto" style="max-width: 560px; margin: 16px auto 0; font-size: 14px; color: ${QUIET};">${escapeHtml(closing)}</p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** Indents text of several lines, so that no line can pass for another detail. */
function detailAsText({ label, text }: MailDetail): string {
  if (!text.includes('\n')) return `${label}: ${text}`
  return [`${label}:`, ...text.split('\n').map((line) => `  ${line}`.trimEnd())].join('\n')
}

/** `dir="auto"` also isolates text that switches its direction, so that the text after it keeps its own. */
function detailAsHtml({ label, text }: MailDetail): string {
  const value = escapeHtml(text).replaceAll('\n', '<br>')
  return [
    `<dt class="quiet" style="font-size: 14px; color: ${QUIET};">${escapeHtml(label)}</dt>`,
    `<dd class="text" dir="auto" style="margin: 0 0 16px; color: ${TEXT}; overflow-wrap: anywhere;">${value}</dd>`,
  ].join('\n')
}

/** The first action is a button: a table cell, because Outlook ignores the padding of a link. */
function actionAsHtml({ label, url }: MailAction, index: number): string {
  const text = escapeHtml(label)
  const href = escapeHtml(url)
  if (!/^https?:\/\//i.test(url)) {
    return `<p class="text" style="margin: 8px 0 0; color: ${TEXT}; overflow-wrap: anywhere;">${text}: ${href}</p>`
  }
  if (index > 0) {
    return `<p style="margin: 16px 0 0;"><a class="link" href="${href}" style="color: ${ACCENT};">${text}</a></p>`
  }
  return [
    '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin: 8px 0 0;"><tr>',
    `<td class="button" style="padding: 12px 20px; background-color: ${ACCENT}; border-radius: 6px;">`,
    `<a href="${href}" style="color: #ffffff; font-weight: bold; text-decoration: none;">${text}</a>`,
    '</td></tr></table>',
  ].join('\n')
}

/** Escapes text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
