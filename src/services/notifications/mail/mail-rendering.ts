// Renders a mail as plain text and as HTML, with the same words in the same order. The HTML loads no resources, and
// every value in it is escaped.

export interface MailContent {
  subject: string
  greeting: string
  headline: string
  details: MailDetail[]
  closing: string
}

/** `text` may have several lines. */
export type MailDetail = { label: string; text: string } | { label: string; url: string; linkText: string }

const FONT = 'font-family: Arial, Helvetica, sans-serif; font-size: 16px; line-height: 1.5;'

export function renderText(content: MailContent): string {
  const details = content.details.map(detailAsText).join('\n')
  return `${[content.greeting, content.headline, details, content.closing].join('\n\n')}\n`
}

export function renderHtml(content: MailContent): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><title>${escapeHtml(content.subject)}</title></head>`,
    `<body style="${FONT}">`,
    `<p dir="auto">${escapeHtml(content.greeting)}</p>`,
    `<h1 style="font-size: 20px;">${escapeHtml(content.headline)}</h1>`,
    '<dl>',
    ...content.details.map(detailAsHtml),
    '</dl>',
    `<p dir="auto">${escapeHtml(content.closing)}</p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** Indents text of several lines, so that no line can pass for another detail. */
function detailAsText(detail: MailDetail): string {
  if ('url' in detail) return `${detail.label}: ${detail.url}`
  if (!detail.text.includes('\n')) return `${detail.label}: ${detail.text}`
  return [`${detail.label}:`, ...detail.text.split('\n').map((line) => `  ${line}`.trimEnd())].join('\n')
}

/** `dir="auto"` also isolates text that switches its direction, so that the text after it keeps its own. */
function detailAsHtml(detail: MailDetail): string {
  return `<dt><strong>${escapeHtml(detail.label)}</strong></dt>\n<dd dir="auto">${valueAsHtml(detail)}</dd>`
}

function valueAsHtml(detail: MailDetail): string {
  if (!('url' in detail)) return escapeHtml(detail.text).replaceAll('\n', '<br>')
  if (!/^https?:\/\//i.test(detail.url)) return escapeHtml(detail.url)
  return `<a href="${escapeHtml(detail.url)}">${escapeHtml(detail.linkText)}</a>`
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
