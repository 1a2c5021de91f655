// Google Meet conferences: requested with an event, created later, and kept until a write removes them.
import { createHash } from 'node:crypto'
import { invalid } from './errors.ts'
import type { Behaviour, Calendar, EventResource, StoredEvent } from './state.ts'

type ConferenceData = NonNullable<EventResource['conferenceData']>

/** The conference of an event after a write.
 * @param options.version the parameter `conferenceDataVersion`; with 0 the conference in the body is ignored
 * @param options.replaces whether omitting the conference removes it, as in an update
 * @throws 400 for a conference type that the calendar does not support */
export function conferenceAfter(
  before: EventResource,
  body: EventResource,
  options: { version: number; replaces: boolean; calendar: Calendar },
): Pick<EventResource, 'conferenceData' | 'hangoutLink'> {
  const kept = { conferenceData: before.conferenceData, hangoutLink: before.hangoutLink }
  const wanted = body.conferenceData
  if (options.version < 1 || (wanted === undefined && !options.replaces)) return kept
  if (!wanted) return {}
  const { createRequest } = wanted
  if (!createRequest) return before.conferenceData ? kept : { conferenceData: wanted }
  if (createRequest.requestId === before.conferenceData?.createRequest?.requestId) return kept
  const type = createRequest.conferenceSolutionKey?.type ?? ''
  if (!createRequest.requestId || !options.calendar.conferenceTypes.includes(type)) {
    throw invalid('Invalid conference type value.', 'parameter conferenceData')
  }
  const status = { statusCode: 'pending' }
  return { conferenceData: { createRequest: { ...createRequest, status } } }
}

export const isPending = ({ resource }: StoredEvent) =>
  resource.conferenceData?.createRequest?.status?.statusCode === 'pending'

/** Creates the requested conference, or marks it as failed. */
export function settleConference(stored: StoredEvent, outcome: Behaviour['conferences']['outcome']): void {
  const data = stored.resource.conferenceData as ConferenceData
  const createRequest = { ...data.createRequest, status: { statusCode: outcome } }
  if (outcome === 'failure') {
    stored.resource.conferenceData = { createRequest }
    return
  }
  const conferenceId = nameRoom(String(createRequest.requestId))
  const uri = `https://meet.google.com/${conferenceId}`
  stored.resource.hangoutLink = uri
  stored.resource.conferenceData = {
    createRequest,
    conferenceId,
    conferenceSolution: {
      key: { type: 'hangoutsMeet' },
      name: 'Google Meet',
      iconUri:
        'https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4_color_2x_web_512dp.png',
    },
    entryPoints: [{ entryPointType: 'video', uri, label: uri.replace('https://', '') }],
  }
}

/** Three, four and three letters, like Google's codes. */
function nameRoom(requestId: string): string {
  const letters = [...createHash('sha256').update(requestId).digest()]
    .map((byte) => String.fromCharCode(97 + (byte % 26)))
    .join('')
  return `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7, 10)}`
}
