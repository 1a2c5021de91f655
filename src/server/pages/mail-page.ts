// The mails that the demo wrote to a folder instead of sending them: a list on the demo's page, and a page for each. The
// content of a mail is shown in a frame without scripts, because visitors decide what some of it says.
import type { KeptMail, Mailer } from '../../services/ports/mailer.ts'
import type { Page } from '../use-pages.ts'
import { type Html, html, htmlResponse } from './html.ts'

const PATH = '/demo/mails/'

/** Serves `/demo/mails/NAME`. */
export function createMailPage({ mailer }: { mailer: Mailer }): Page {
  return async ({ url }) => {
    if (!url.pathname.startsWith(PATH)) return null
    const mail = await mailer.readKept?.(decodeName(url.pathname.slice(PATH.length)))
    return mail ? htmlResponse(renderMail(mail)) : null
  }
}

/** @param mails null: they are sent away */
export function renderMailList(mails: KeptMail[] | null): Html {
  if (mails === null) return html`<p>Mails are sent to the mail server.</p>`
  if (mails.length === 0) return html`<p>None was written yet. Book a meeting, and reload this page.</p>`
  return html`<ul>
        ${mails.map(
          ({ name, sentAt, to, subject }) =>
            html`<li><a href="${PATH}${encodeURIComponent(name)}">${subject}</a>
          <span class="quiet">to ${to}, ${formatTime(sentAt)}</span></li>`,
        )}
      </ul>`
}

function renderMail({ subject, to, sentAt, text, html: content }: KeptMail): Html {
  return html`<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${subject} · Switchboard</title>
    <link rel="icon" href="/assets/icon.svg">
    <link rel="stylesheet" href="/assets/page.css">
  </head>
  <body>
    <header>
      <p><a href="/demo#mails">All mails</a></p>
      <h1>${subject}</h1>
      <p class="quiet">To ${to}, ${formatTime(sentAt)}</p>
    </header>
    <main>
      <iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${inNewTabs(content)}"></iframe>
      <details>
        <summary>Plain text</summary>
        <pre>${text}</pre>
      </details>
    </main>
  </body>
</html>`
}

/** Lets the links of a mail open outside of the frame. */
const inNewTabs = (content: string) => `<base target="_blank">${content}`

const formatTime = (instant: Date) => `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** @returns '' for what is no valid encoding: there is no such mail */
function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return ''
  }
}
