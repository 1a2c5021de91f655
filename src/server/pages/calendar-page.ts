// Where providers send agents back to: connects the calendar, and says what came of it.
import {
  type Connected,
  ConnectionRefused,
  completeCalendarConnection,
} from '../../services/calendars/connection/complete-calendar-connection.ts'
import { readCalendarPath } from '../../services/calendars/provider/server-addresses.ts'
import type { Services } from '../../services/context.ts'
import type { Page } from '../use-pages.ts'
import { type Html, html, htmlResponse } from './html.ts'

/** Answers `/calendars/…/callback`. */
export function createCalendarPage(services: Services): Page {
  return async ({ url }) => {
    const path = readCalendarPath(services.calendars, url.pathname)
    if (path?.purpose !== 'callback') return null
    const callback = { provider: path.provider, parameters: url.searchParams }
    try {
      return htmlResponse(connected(await completeCalendarConnection(services, callback)))
    } catch (error) {
      if (!(error instanceof ConnectionRefused)) throw error
      return htmlResponse(refused(error))
    }
  }
}

function connected({ agent, connection, returnUrl }: Connected): Html {
  return page('Your calendar is connected', returnUrl, [
    html`<p>The calendar of <strong>${connection.accountEmail}</strong> is now the calendar of ${agent.name}
      (${agent.email}). Meetings that visitors book are written into it, and you are not booked while it is busy.</p>`,
  ])
}

function refused({ message, returnUrl }: ConnectionRefused): Html {
  return page('Your calendar is not connected', returnUrl, [
    html`<p role="alert">${message}</p>`,
    html`<p>Nothing was changed.</p>`,
  ])
}

function page(title: string, returnUrl: string | null, content: Html[]): Html {
  const back = returnUrl === null ? [] : [html`<p><a href="${returnUrl}">Go back</a></p>`]
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
      ${[...content, ...back]}
    </main>
  </body>
</html>`
}
