// Makes an Outlook calendar show a meeting. Graph's ids are known only afterwards: an event is found again by its meeting,
// which it carries, and it remembers which revision it shows. Whatever was lost or repeated on the way, there is one
// event, and it never goes back to an older revision.
import { z } from 'zod'
import type { CalendarAccess, CalendarEvent, WrittenEvent } from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { intervalOf } from './busy.ts'
import type { GraphClient } from './client.ts'
import { newEventBody, revisionBody, timesBody } from './event-body.ts'
import { eventPath, listEventsOfMeeting } from './events.ts'
import { GraphFault } from './faults.ts'
import { isOfGeneration, type OurEvent, ownEvent, revisionOf, writtenEventOf } from './own-event.ts'

/** @throws CalendarFault: GONE when the event that was written before was deleted */
export async function writeEvent(
  client: GraphClient,
  access: CalendarAccess,
  event: CalendarEvent,
): Promise<WrittenEvent> {
  // Also before the first attempt that we know of: its answer may be what was lost.
  const present = await findPresent(client, access, event)
  const isNew = present === null && event.written === null
  const shown = isNew
    ? await create(client, access, event)
    : await bringUpToDate(client, access, { event, present })
  return writtenEventOf(shown)
}

/** Looked for in the calendar, and not by its id, by which a deleted one may be found. */
async function findPresent(
  client: GraphClient,
  access: CalendarAccess,
  { meetingId, generation, written }: CalendarEvent,
): Promise<OurEvent | null> {
  const listed = await listEventsOfMeeting(client, access, meetingId)
  const isIt = (one: OurEvent) =>
    written === null ? isOfGeneration(one, { meetingId, generation }) : one.id === written.eventId
  return listed.find(isIt) ?? null
}

async function create(client: GraphClient, access: CalendarAccess, event: CalendarEvent): Promise<OurEvent> {
  const teams = event.wantsConference && (await allowsTeams(client, access))
  const body = newEventBody(event, { teams })
  let made: OurEvent
  try {
    made = await client.ask(access, { method: 'POST', path: '/me/events', body, of: 'CALENDAR' }, ownEvent)
  } catch (error) {
    if (!(error instanceof GraphFault) || error.status !== 409) throw error
    // Another attempt came first. Where its event is gone already, the transaction is used up.
    return bringUpToDate(client, access, { event, present: await findPresent(client, access, event) })
  }
  if (isAt(made, event)) return made
  // Graph has known the transaction, and answers with what came of it.
  return bringUpToDate(client, access, { event, present: await findPresent(client, access, event) })
}

/** Personal accounts have none, nor companies that do without. */
async function allowsTeams(client: GraphClient, access: CalendarAccess): Promise<boolean> {
  const { allowedOnlineMeetingProviders } = await client.ask(
    access,
    { method: 'GET', path: '/me/calendar?$select=allowedOnlineMeetingProviders', of: 'CALENDAR' },
    z.object({ allowedOnlineMeetingProviders: z.array(z.string()).nullish() }),
  )
  return allowedOnlineMeetingProviders?.includes('teamsForBusiness') ?? false
}

/** Changes the times at most, and not even them where they are right already: every change is mailed. */
async function bringUpToDate(
  client: GraphClient,
  access: CalendarAccess,
  { event, present }: { event: CalendarEvent; present: OurEvent | null },
): Promise<OurEvent> {
  if (present === null || present.isCancelled) {
    throw new CalendarFault('GONE', 'The event was deleted from the Outlook calendar.')
  }
  if (revisionOf(present) >= event.revision) return present
  const body = {
    ...(isAt(present, event) ? {} : timesBody(event)),
    ...(present.isAllDay ? { isAllDay: false } : {}),
    ...revisionBody(event.revision),
  }
  return client.ask(access, { method: 'PATCH', path: eventPath(present.id), body, of: 'ITEM' }, ownEvent)
}

function isAt(present: OurEvent, { startsAt, endsAt }: CalendarEvent): boolean {
  const { start, end } = intervalOf(present, 'UTC')
  return !present.isAllDay && start === startsAt.getTime() && end === endsAt.getTime()
}
