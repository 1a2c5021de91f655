// Brings an agent's calendar to the present state of one meeting. It reads that state when it runs, so that it is
// idempotent, and a late run writes nothing outdated.
import type { CalendarConnection, CalendarEntry } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import type { InvitationTexts } from '../../invitations/invitation.ts'
import { isUnproven, textsInMail, withSafeName } from '../../invitations/texts-in-mails.ts'
import { personName } from '../../people/person-name.ts'
import type { CalendarAccess, CalendarApi, CalendarEvent } from '../../ports/calendar-provider.ts'
import { MINUTE } from '../../time.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { noteAttempt, noteRemoved, noteWritten } from './note-entry.ts'

/** Enough for an event that was deleted several times, with one attempt to spare. */
const ATTEMPTS_AT_ONCE = 5
/** For an account that can send no invitations at present. The provider speaks of hours, without an end. */
const INVITATIONS_PAUSE_MS = 6 * 60 * MINUTE

export interface OpenCalendar {
  api: CalendarApi
  access: CalendarAccess
}

type EntryKey = Pick<CalendarEntry, 'meetingId' | 'agentId'>

/** @throws CalendarFault */
export async function writeEntry(services: Services, calendar: OpenCalendar, key: EntryKey): Promise<void> {
  const state = await readState(services, key)
  const { meeting } = state
  const isWanted =
    meeting.agentId === key.agentId && meeting.status !== 'CANCELLED' && meeting.clearedAt === null
  if (!isWanted) return remove(services, { calendar, state })
  // A meeting that was over before it could be written is not needed in the calendar.
  if (meeting.endsAt <= services.clock.now()) return noteRemoved(services, { ...state, keeps: true })
  await write(services, { calendar, state })
}

async function readState({ database }: Services, { meetingId, agentId }: EntryKey) {
  const connection = await database.calendarConnection.findUnique({ where: { agentId } })
  if (connection === null) throw new CalendarFault('REAUTHENTICATE', 'The calendar is not connected.')
  const { meeting, ...entry } = await database.calendarEntry.findUniqueOrThrow({
    where: { meetingId_agentId: { meetingId, agentId } },
    include: { meeting: { include: { person: true, agent: true } } },
  })
  return { meeting, entry, connection }
}

type EntryState = Awaited<ReturnType<typeof readState>>

interface Work {
  calendar: OpenCalendar
  state: EntryState
}

/** Two faults are resolved at once: the earlier event was deleted, or the account can send no invitations at present. */
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
      attempt = await nextAttempt(services, { attempt, error, connection })
      await noteAttempt(services, attempt)
    }
  }
}

/** Whether the event shows the present meeting already, so that only its link is looked for. */
const isShown = ({ entry, meeting }: EntryState) =>
  entry.eventId !== null && entry.revision === meeting.revision

/** Whether the provider is asked to invite the visitor. */
function mayInvite(state: EntryState, now: Date): boolean {
  const { entry, meeting, connection } = state
  const { invitationsPausedUntil } = connection
  if (isShown(state)) return entry.invites
  return meeting.invitationUid === null && (invitationsPausedUntil === null || invitationsPausedUntil <= now)
}

/** Whether the agent has deleted the event meanwhile. The next reading applies that to the meeting. */
function isDeletedThere(error: unknown, state: EntryState): boolean {
  return isShown(state) && error instanceof CalendarFault && error.kind === 'GONE'
}

/** @returns another attempt that avoids the fault
 * @throws the error, when no other attempt helps */
async function nextAttempt(
  { database, clock }: Services,
  failed: { attempt: CalendarEntry; error: unknown; connection: CalendarConnection },
): Promise<CalendarEntry> {
  const { attempt, error, connection } = failed
  const kind = error instanceof CalendarFault ? error.kind : null
  if (kind === 'GONE') return { ...attempt, eventId: null, generation: attempt.generation + 1 }
  if (kind !== 'INVITATIONS_LIMITED' || !attempt.invites) throw error
  const { id, connectedAt } = connection
  const invitationsPausedUntil = new Date(clock.now().getTime() + INVITATIONS_PAUSE_MS)
  await database.calendarConnection.updateMany({
    where: { id, connectedAt },
    data: { invitationsPausedUntil },
  })
  return { ...attempt, invites: false }
}

/** An attempt whose answer was lost may have created the event. It is found, or created, and then removed. */
async function remove(services: Services, { calendar, state }: Work): Promise<void> {
  const { api, access } = calendar
  const { entry, meeting } = state
  const mayBeThere = entry.failures > 0 && meeting.endsAt > services.clock.now()
  const eventId = entry.eventId ?? (mayBeThere ? await findOrMake(calendar, state) : null)
  if (eventId !== null) {
    const comment =
      meeting.status === 'CANCELLED' ? 'The meeting was cancelled.' : 'The meeting has another host now.'
    // Nobody is told of a meeting whose person was erased.
    const invites = entry.invites && meeting.clearedAt === null
    await api.removeEvent(access, { eventId, invites, comment })
  }
  await noteRemoved(services, { ...state, keeps: false })
}

/** @returns the event's id; null: it existed, and is deleted already */
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
  const { id: meetingId, revision, startsAt, endsAt } = meeting
  const person = withSafeName(meeting.person)
  return {
    meetingId,
    agentId,
    generation,
    revision,
    startsAt,
    endsAt,
    ...textsOf(meeting, { invites }),
    invites,
    visitor: { name: personName(person), email: person.email ?? '' },
    wantsConference: meeting.includeConferenceLink,
    written: eventId === null ? null : { eventId },
  }
}

/** An event that invites the visitor is mailed to the address, which may be a stranger's. */
function textsOf(meeting: EntryState['meeting'], { invites }: { invites: boolean }): InvitationTexts {
  if (!invites || !isUnproven(meeting)) return { subject: meeting.subject, body: meeting.body }
  const { person, agent } = meeting
  return textsInMail({ meeting, agent, person, recipient: 'VISITOR' })
}
