// Where providers send agents back to: asks the agent to confirm the calendar, connects it, and says what came of it.
import {
  type AttemptRequest,
  bindingName,
  ConnectionRefused,
} from '../../services/calendars/connection/attempt.ts'
import {
  type Connected,
  completeCalendarConnection,
} from '../../services/calendars/connection/complete-calendar-connection.ts'
import { declineCalendarConnection } from '../../services/calendars/connection/decline-calendar-connection.ts'
import {
  type GrantedCalendar,
  receiveCalendarGrant,
} from '../../services/calendars/connection/receive-calendar-grant.ts'
import { CONFIRMATION_PATH, readCalendarPath } from '../../services/calendars/provider/server-addresses.ts'
import type { Services } from '../../services/context.ts'
import type { BrowserCookies } from '../browser-cookies.ts'
import { readForm } from '../read-text.ts'
import type { Page } from '../use-pages.ts'
import { pagePolicy } from '../use-security-headers.ts'
import { type Html, html, htmlResponse, plainPage } from './html.ts'

const MAX_FORM_BYTES = 4096

/** `callback` answers GET requests to `/calendars/…/callback`, `confirmation` POST requests to
 * `/calendars/…/confirmation`. */
export function createCalendarPages(
  services: Services,
  cookies: BrowserCookies,
): Record<'callback' | 'confirmation', Page> {
  const pageOf =
    (
      purpose: 'callback' | 'confirmation',
      {
        read,
        answer,
      }: {
        read(request: Request, url: URL): Promise<URLSearchParams>
        answer(attempt: AttemptRequest, parameters: URLSearchParams): Promise<Response>
      },
    ): Page =>
    async ({ request, url }) => {
      const path = readCalendarPath(services.calendars, url.pathname)
      if (path?.purpose !== purpose) return null
      const parameters = await read(request, url)
      const state = parameters.get('state') ?? ''
      const browserKey = cookies.read(request, bindingName(state))
      try {
        return await answer({ provider: path.provider, state, browserKey }, parameters)
      } catch (error) {
        if (!(error instanceof ConnectionRefused)) throw error
        return htmlResponse(refused(error))
      }
    }
  return {
    callback: pageOf('callback', {
      read: async (_request, url) => url.searchParams,
      answer: async (attempt, parameters) => {
        const granted = await receiveCalendarGrant(services, { ...attempt, parameters })
        const { title } = services.calendars[attempt.provider]
        const policy = pagePolicy({ forms: true })
        return htmlResponse(question(granted, { title, state: attempt.state }), { policy })
      },
    }),
    confirmation: pageOf('confirmation', {
      read: (request) => readForm(request, MAX_FORM_BYTES),
      answer: async (attempt, parameters) => {
        if (parameters.get('decision') !== 'connect') throw await declineCalendarConnection(services, attempt)
        return htmlResponse(connected(await completeCalendarConnection(services, attempt)))
      },
    }),
  }
}

function question(
  { agent, accountEmail }: GrantedCalendar,
  { title, state }: { title: string; state: string },
): Html {
  return page('Connect this calendar?', null, [
    html`<dl>
        <dt>Calendar of the account</dt>
        <dd><strong>${accountEmail}</strong> (${title})</dd>
        <dt>For the agent</dt>
        <dd><strong>${agent.name}</strong> (${agent.email})</dd>
      </dl>`,
    html`<p>Meetings that visitors book with ${agent.name} are then written into this calendar, and ${agent.name} is not
      booked while it is busy. If you did not start this yourself, do not connect it.</p>`,
    html`<form method="post" action="${CONFIRMATION_PATH}">
        <input type="hidden" name="state" value="${state}">
        <p class="decision">
          <button class="primary" name="decision" value="connect">Connect the calendar</button>
          <button name="decision" value="decline">Do not connect it</button>
        </p>
      </form>`,
  ])
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
  return plainPage(title, [...content, ...back])
}
