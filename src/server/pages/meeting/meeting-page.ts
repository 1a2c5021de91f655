// The page that the link in a visitor's mail opens, to move or cancel the meeting, or to book again. The token is in the
// fragment of the address, which browsers do not send: the page is the same for all visitors, and its script uses the
// API. The words are English; its script formats dates in the visitor's language.
import { MAX_AGENDA_LENGTH } from '../../../services/booking/meetings/book-meeting.ts'
import { MAX_REASON_LENGTH } from '../../../services/booking/meetings/cancel-meeting.ts'
import type { Page } from '../../use-pages.ts'
import { html, htmlResponse } from '../html.ts'

export const MEETING_PATH = '/meeting'

/** Serves `/meeting`. */
export function createMeetingPage(): Page {
  return async ({ url }) => (url.pathname === MEETING_PATH ? htmlResponse(PAGE) : null)
}

const MEETING = html`<article id="meeting" aria-labelledby="subject" hidden>
        <h2 id="subject" dir="auto"></h2>
        <dl>
          <dt>When</dt>
          <dd id="time"></dd>
          <dt>With</dt>
          <dd id="agent" dir="auto"></dd>
          <dt class="if-body">About</dt>
          <dd class="if-body" id="body" dir="auto"></dd>
          <dt class="if-actor">Cancelled by</dt>
          <dd class="if-actor" id="actor" dir="auto"></dd>
          <dt class="if-reason">Reason</dt>
          <dd class="if-reason" id="reason" dir="auto"></dd>
        </dl>
        <p class="zone"><label for="zone">Time zone</label> <select id="zone"></select> <span class="quiet" id="offset"></span></p>
        <p class="actions">
          <a class="button" id="conference" hidden>Join by video</a>
          <button type="button" id="cancel" hidden>Cancel the meeting</button>
          <button type="button" class="primary" id="again" hidden>Book again</button>
        </p>
      </article>`

const PICKER = html`<section id="picker" aria-labelledby="picker-title" hidden>
        <h2 id="picker-title" tabindex="-1"></h2>
        <p id="colleagues" hidden>These are the free times of all colleagues, because the one you met takes no meetings at present.</p>
        <form id="choice">
          <fieldset>
            <legend class="hidden">Day</legend>
            <div class="months">
              <button type="button" id="previous-month"><span class="hidden">Previous month</span><span aria-hidden="true">‹</span></button>
              <h3 id="month" aria-live="polite" tabindex="-1"></h3>
              <button type="button" id="next-month"><span class="hidden">Next month</span><span aria-hidden="true">›</span></button>
            </div>
            <table id="days" aria-labelledby="month"></table>
            <p id="no-days" hidden>No time is free in this month. <button type="button" id="next-day" hidden></button></p>
          </fieldset>
          <fieldset id="times" hidden>
            <legend id="times-of"></legend>
            <div id="time-list"></div>
          </fieldset>
          <p id="notice" role="status"></p>
          <div id="confirmation" hidden>
            <p><strong id="chosen-label"></strong> <span id="new-time"></span></p>
            <label for="note" id="note-label"></label>
            <textarea id="note" rows="2"></textarea>
            <button type="submit" class="primary" id="submit"></button>
          </div>
        </form>
      </section>`

const CANCELLATION = html`<dialog id="cancellation" aria-labelledby="cancellation-title">
      <form id="cancel-form">
        <h2 id="cancellation-title">Cancel this meeting?</h2>
        <p id="cancelled-time"></p>
        <label for="cancel-reason">Reason (optional)</label>
        <textarea id="cancel-reason" rows="3" maxlength="${String(MAX_REASON_LENGTH)}"></textarea>
        <p class="actions">
          <button type="submit" class="primary" id="confirm-cancel">Cancel the meeting</button>
          <button type="button" id="keep">Keep it</button>
        </p>
      </form>
    </dialog>`

const PAGE = html`<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Your meeting</title>
    <link rel="icon" href="/assets/icon.svg">
    <link rel="stylesheet" href="/assets/page.css">
    <link rel="stylesheet" href="/assets/meeting/meeting.css">
  </head>
  <body>
    <main data-max-reason="${String(MAX_REASON_LENGTH)}" data-max-agenda="${String(MAX_AGENDA_LENGTH)}">
      <h1 id="title" tabindex="-1">Your meeting</h1>
      <p id="news" role="status">Loading…</p>
      <noscript><p>This page needs JavaScript. You can also reply to the mail about your meeting.</p></noscript>
      ${[MEETING, PICKER]}
    </main>
    ${CANCELLATION}
    <script type="module" src="/assets/meeting/meeting.js"></script>
  </body>
</html>`
