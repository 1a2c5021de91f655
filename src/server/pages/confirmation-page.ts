// The page of the link with which a visitor confirms a booking. Only the form changes anything: programs that look into mails
// follow links. It works without scripts.
import { AppError, NoAgentAvailableError, type SlotAlternative, SlotUnavailableError } from '../../errors.ts'
import {
  confirmMeeting,
  findRequest,
  type RequestedMeeting,
} from '../../services/booking/confirmation/confirm-meeting.ts'
import { CONFIRMATION_PATH } from '../../services/booking/confirmation/meeting-request.ts'
import type { Services } from '../../services/context.ts'
import { countConfirmedMeeting } from '../../services/dialogues/counts/count-confirmed-meeting.ts'
import { signMeetingLink } from '../../services/identity/meeting-link.ts'
import { instant } from '../../services/input.ts'
import { formatMeetingStart, formatMeetingTime } from '../../services/invitations/meeting-time.ts'
import { readForm } from '../read-text.ts'
import type { Page } from '../use-pages.ts'
import { pagePolicy } from '../use-security-headers.ts'
import { type Html, html, htmlResponse, plainPage } from './html.ts'
import { MEETING_PATH } from './meeting/meeting-page.ts'

const MAX_FORM_BYTES = 4096

/** What one visit of the page knows. */
interface Visit {
  services: Services
  request: RequestedMeeting
  token: string
}

/** `question` answers GET requests to `/meeting/confirmation`, `answer` POST requests. */
export function createConfirmationPages(services: Services): Record<'question' | 'answer', Page> {
  return {
    question: async ({ url }) => {
      if (url.pathname !== CONFIRMATION_PATH) return null
      return respond(services, { parameters: url.searchParams, show: showPresent })
    },
    answer: async ({ request, url }) => {
      if (url.pathname !== CONFIRMATION_PATH) return null
      const parameters = await readForm(request, MAX_FORM_BYTES)
      return respond(services, { parameters, show: (visit) => confirm(visit, parameters.get('startsAt')) })
    },
  }
}

async function respond(
  services: Services,
  { parameters, show }: { parameters: URLSearchParams; show: (visit: Visit) => Promise<Html> },
): Promise<Response> {
  const token = parameters.get('token') ?? ''
  const request = await findRequest(services, token)
  const page = request === null ? DEAD_LINK : await show({ services, request, token })
  return htmlResponse(page, { policy: pagePolicy({ forms: true }) })
}

const DEAD_LINK = plainPage('This link is not valid', [
  html`<p role="alert">It may be incomplete, or so old that it has expired. Please book again on the website.</p>`,
])

async function showPresent(visit: Visit): Promise<Html> {
  const { meeting, startsAt } = visit.request
  if (meeting !== null) return booked(visit, meeting)
  if (startsAt <= visit.services.clock.now()) return over(visit)
  return question(visit)
}

async function confirm(visit: Visit, startsAt: string | null): Promise<Html> {
  const { services, request } = visit
  // Not counted as a further booking: beyond a budget, the page would say that nothing was booked.
  if (request.meeting !== null) return booked(visit, request.meeting)
  const chosen = instant.nullable().safeParse(startsAt)
  if (!chosen.success) return question(visit)
  try {
    const meeting = await confirmMeeting(services, { request, startsAt: chosen.data })
    if (meeting === null) return DEAD_LINK
    await countConfirmedMeeting(services, meeting)
    return booked(visit, meeting)
  } catch (error) {
    if (error instanceof SlotUnavailableError) return taken(visit, error.alternatives)
    if (!(error instanceof AppError)) throw error
    return notBooked((error instanceof NoAgentAvailableError && error.fallback?.message) || error.message)
  }
}

function question(visit: Visit): Html {
  const { agent, workspace } = visit.request
  return plainPage('Confirm your meeting?', [
    facts(visit, visit.request),
    html`<p>The meeting is booked once you confirm it. If you did not ask for it, you can close this page: ${agent.name}
      at ${workspace.name} was not told of it.</p>`,
    ...reservation(visit),
    form(visit, [html`<button class="primary">Confirm the meeting</button>`]),
  ])
}

function reservation({ services, request }: Visit): Html[] {
  const { expiresAt, timeZone } = request
  if (expiresAt <= services.clock.now()) return []
  return [html`<p>The time is reserved for you until ${formatMeetingStart(expiresAt, timeZone)}.</p>`]
}

function booked(visit: Visit, meeting: { id: string; startsAt: Date; endsAt: Date; status: string }): Html {
  const { services, request } = visit
  const { signer } = services
  const { email } = request
  const link = `${MEETING_PATH}#${signMeetingLink(signer, { meetingId: meeting.id, address: email })}`
  if (meeting.status === 'CANCELLED') {
    return plainPage('Your meeting was cancelled', [html`<p><a href="${link}">Show the meeting</a></p>`])
  }
  return plainPage('Your meeting is booked', [
    facts(visit, meeting),
    html`<p>An invitation is on its way to ${email}.</p>`,
    html`<p><a href="${link}">Change or cancel the meeting</a></p>`,
  ])
}

function taken(visit: Visit, alternatives: SlotAlternative[]): Html {
  const { timeZone } = visit.request
  const choices = alternatives.map(
    ({ startsAt, endsAt }) =>
      html`<button name="startsAt" value="${startsAt.toISOString()}">${formatMeetingTime({ startsAt, endsAt, timeZone })}</button>`,
  )
  const next =
    choices.length === 0
      ? html`<p>No other time is free near it. Please book again on the website.</p>`
      : html`<p>Do you want to book one of these times?</p>`
  return plainPage('This time is no longer free', [
    html`<p role="alert">${formatMeetingTime(visit.request)} can no longer be booked.</p>`,
    next,
    ...(choices.length === 0 ? [] : [form(visit, choices)]),
  ])
}

const over = (visit: Visit): Html =>
  plainPage('This time is over', [
    html`<p role="alert">The meeting was not confirmed before it began, so it was not booked.</p>`,
    form(visit, [html`<button>Show other times</button>`]),
  ])

const notBooked = (why: string): Html =>
  plainPage('Your meeting is not booked', [html`<p role="alert">${why}</p>`])

function facts({ request }: Visit, { startsAt, endsAt }: { startsAt: Date; endsAt: Date }): Html {
  const { agent, timeZone, workspace } = request
  return html`<dl>
        <dt>When</dt>
        <dd><strong>${formatMeetingTime({ startsAt, endsAt, timeZone })}</strong></dd>
        <dt>With</dt>
        <dd><strong>${agent.name}</strong>, ${workspace.name}</dd>
      </dl>`
}

function form({ token }: Visit, buttons: Html[]): Html {
  return html`<form method="post" action="${CONFIRMATION_PATH}">
        <input type="hidden" name="token" value="${token}">
        <p class="decision">${buttons}</p>
      </form>`
}
