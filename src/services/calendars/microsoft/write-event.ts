// Makes an Outlook calendar show a meeting. Graph chooses the id of an event, so the event carries its meeting, by
// which it is found again, and the revision that it shows. So a write is idempotent: there is one event, and it never
// returns to an older revision.
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
  // Also before the first attempt that we know of, because the answer to an earlier one may have been lost.
  const present = await findPresent(client, access, event)
  const isNew = present === null && event.written === null
  const shown = isNew
    ? await create(client, access, event)
    : await bringUpToDate(client, access, { event, present })
  return writtenEventOf(shown)
}

/** Searches the calendar, because an id may also find a deleted event. */
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
    // Another attempt came first. If its event is deleted already, the transaction cannot be used again.
    return bringUpToDate(client, access, { event, present: await findPresent(client, access, event) })
  }
  if (isAt(made, event)) return made
  // Graph knew the transaction, and returned its event.
  return bringUpToDate(client, access, { event, present: await findPresent(client, access, event) })
}

/** Personal accounts have no Teams, and some organisations have disabled it. */
async function allowsTeams(client: GraphClient, access: CalendarAccess): Promise<boolean> {
  const { allowedOnlineMeetingProviders } = await client.ask(
    access,
    { method: 'GET', path: '/me/calendar?$select=allowedOnlineMeetingProviders', of: 'CALENDAR' },
    z.object({ allowedOnlineMeetingProviders: z.array(z.string()).nullish() }),
  )
  return allowedOnlineMeetingProviders?.includes('teamsForBusiness') ?? false
}

/** Changes the times only, and only if they differ, because every change is mailed. */
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
