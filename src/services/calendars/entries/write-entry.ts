// Brings an agent's calendar to the present state of one meeting. It reads the state when it runs, so that late and
// repeated runs do no harm.
import type { CalendarConnection, CalendarEntry } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { personName } from '../../people/person-name.ts'
import type { CalendarAccess, CalendarApi, CalendarEvent } from '../../ports/calendar-provider.ts'
import { MINUTE } from '../../time.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { noteAttempt, noteRemoved, noteWritten } from './note-entry.ts'

/** Enough for an event that was deleted several times, and one step more. */
const ATTEMPTS_AT_ONCE = 5
/** For an account that may invite nobody at present: Google names hours, and no end. */
const INVITATIONS_REST_MS = 6 * 60 * MINUTE

export interface OpenCalendar {
  api: CalendarApi
  access: CalendarAccess
}

type EntryKey = Pick<CalendarEntry, 'meetingId' | 'agentId'>

/** @throws CalendarFault */
export async function writeEntry(services: Services, calendar: OpenCalendar, key: EntryKey): Promise<void> {
  const state = await readState(services, key)
  const { meeting } = state
  const isWanted = meeting.agentId === key.agentId && meeting.status !== 'CANCELLED'
  if (!isWanted) return remove(services, { calendar, state })
  // Over before it could be written: nobody needs it there any more.
  if (meeting.endsAt <= services.clock.now()) return noteRemoved(services, { ...state, keeps: true })
  await write(services, { calendar, state })
}

async function readState({ database }: Services, { meetingId, agentId }: EntryKey) {
  const connection = await database.calendarConnection.findUnique({ where: { agentId } })
  if (connection === null) throw new CalendarFault('REAUTHENTICATE', 'The calendar is not connected.')
  const { meeting, ...entry } = await database.calendarEntry.findUniqueOrThrow({
    where: { meetingId_agentId: { meetingId, agentId } },
    include: { meeting: { include: { person: true } } },
  })
  return { meeting, entry, connection }
}

type EntryState = Awaited<ReturnType<typeof readState>>

interface Work {
  calendar: OpenCalendar
  state: EntryState
}

/** What can be mended at once is: the event that was there is deleted, or the account may invite nobody at present. */
async function write(services: Services, { calendar, state }: Work): Promise<void> {
  const { api, access } = calendar
  const { entry, meeting, connection } = state
  const now = services.clock.now()
  await noteAttempt(services, entry)
  let attempt = { ...entry, invites: mayInvite(state, now) }
  for (let left = ATTEMPTS_AT_ONCE - 1; ; left -= 1) {
    try {
      const written = await api.writeEvent(access, eventOf(meeting, attempt))
      return await noteWritten(services, { ...state, entry: attempt, written })
    } catch (error) {
      if (isDeletedThere(error, state)) return await noteRemoved(services, { ...state, keeps: true })
      if (left === 0) throw error
      attempt = await mend(services, { attempt, error, connection })
      await noteAttempt(services, attempt)
    }
  }
}

/** Whether the event shows the meeting as it is, so that only its link is looked for. */
const isShown = ({ entry, meeting }: EntryState) =>
  entry.eventId !== null && entry.revision === meeting.revision

/** Whether the provider is to tell the visitor. */
function mayInvite(state: EntryState, now: Date): boolean {
  const { entry, meeting, connection } = state
  const { invitationsPausedUntil } = connection
  if (isShown(state)) return entry.invites
  return meeting.invitationUid === null && (invitationsPausedUntil === null || invitationsPausedUntil <= now)
}

/** Whether the agent has deleted it meanwhile. The next reading follows that. */
function isDeletedThere(error: unknown, state: EntryState): boolean {
  return isShown(state) && error instanceof CalendarFault && error.kind === 'GONE'
}

/** @returns how to write it instead
 * @throws the error, when it cannot be mended here */
async function mend(
  { database, clock }: Services,
  failed: { attempt: CalendarEntry; error: unknown; connection: CalendarConnection },
): Promise<CalendarEntry> {
  const { attempt, error, connection } = failed
  const kind = error instanceof CalendarFault ? error.kind : null
  if (kind === 'GONE') return { ...attempt, eventId: null, generation: attempt.generation + 1 }
  if (kind !== 'INVITATIONS_LIMITED' || !attempt.invites) throw error
  const { id, connectedAt } = connection
  const invitationsPausedUntil = new Date(clock.now().getTime() + INVITATIONS_REST_MS)
  await database.calendarConnection.updateMany({
    where: { id, connectedAt },
    data: { invitationsPausedUntil },
  })
  return { ...attempt, invites: false }
}

/** An attempt whose answer was lost may have made the event: it is found, or made, before it is removed. */
async function remove(services: Services, { calendar, state }: Work): Promise<void> {
  const { api, access } = calendar
  const { entry, meeting } = state
  const mayBeThere = entry.failures > 0 && meeting.endsAt > services.clock.now()
  const eventId = entry.eventId ?? (mayBeThere ? await findOrMake(calendar, state) : null)
  if (eventId !== null) {
    const comment =
      meeting.status === 'CANCELLED' ? 'The meeting was cancelled.' : 'The meeting has another host now.'
    await api.removeEvent(access, { eventId, invites: entry.invites, comment })
  }
  await noteRemoved(services, { ...state, keeps: false })
}

/** @returns the event's id; null: it was there, and is deleted already */
async function findOrMake(
  { api, access }: OpenCalendar,
  { entry, meeting }: EntryState,
): Promise<string | null> {
  try {
    return (await api.writeEvent(access, eventOf(meeting, { ...entry, invites: false }))).eventId
  } catch (error) {
    if (error instanceof CalendarFault && error.kind === 'GONE') return null
    throw error
  }
}

function eventOf(
  meeting: EntryState['meeting'],
  { agentId, generation, eventId, invites }: EntryState['entry'],
): CalendarEvent {
  const { id: meetingId, revision, startsAt, endsAt, subject, body, person } = meeting
  return {
    meetingId,
    agentId,
    generation,
    revision,
    startsAt,
    endsAt,
    subject,
    body,
    invites,
    visitor: { name: personName(person), email: person.email ?? '' },
    wantsConference: meeting.includeConferenceLink,
    written: eventId === null ? null : { eventId },
  }
}
