// The page that the link in a visitor's mail opens, to reschedule or cancel the meeting. The token is in the fragment of
// the address, which browsers do not send: the page is the same for all visitors, and its script uses the API.
import type { Page } from '../use-pages.ts'
import { html, htmlResponse } from './html.ts'

export const MEETING_PATH = '/meeting'

/** Serves `/meeting`. */
export function createMeetingPage(): Page {
  return async ({ url }) => (url.pathname === MEETING_PATH ? htmlResponse(PAGE) : null)
}

const PAGE = html`<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Your meeting</title>
    <link rel="icon" href="/assets/icon.svg">
    <link rel="stylesheet" href="/assets/page.css">
  </head>
  <body>
    <main>
      <h1>Your meeting</h1>
      <p id="message" role="status">Loading…</p>
      <article id="meeting" hidden>
        <h2 id="subject"></h2>
        <p id="time"></p>
        <p id="agenda"></p>
        <p><a id="conference" hidden>Join by video</a></p>
      </article>
      <form id="change" hidden>
        <p><label for="slot">Another time</label>
          <select id="slot"></select>
          <button type="submit" id="move">Move the meeting</button></p>
        <p><button type="button" id="cancel">Cancel the meeting</button></p>
      </form>
    </main>
    <noscript><p>This page needs JavaScript.</p></noscript>
    <script type="module" src="/assets/meeting.js"></script>
  </body>
</html>`
