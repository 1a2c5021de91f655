// The job that brings the calendar of an agent who has a meeting, or had it, to its present state. It reads the state when it
// runs, so that late and repeated runs do no harm.
import type { Meeting } from '../../database/generated/client/client.ts'
import type { Services } from '../context.ts'
import type { CalendarWriteJob } from '../jobs.ts'
import { personName } from '../people/person-name.ts'

/** @throws CalendarConnectionError when it should be tried again */
export async function writeMeetingToCalendar(
  { database, calendars }: Services,
  { meetingId, agentId }: CalendarWriteJob,
): Promise<void> {
  const meeting = await database.meeting.findUnique({
    where: { id: meetingId },
    include: { person: true },
  })
  const connection = await database.calendarConnection.findUnique({ where: { agentId } })
  const provider = connection && calendars[connection.provider]
  if (!meeting || !provider) return
  const { id: connectionId, accountEmail } = connection
  const account = { connectionId, agentId, accountEmail }
  const isCurrentAgent = meeting.agentId === agentId
  if (!isCurrentAgent || meeting.status === 'CANCELLED') {
    await provider.removeEvent(account, meetingId)
  } else {
    const { id, revision, startsAt, endsAt, subject, body, person } = meeting
    const visitor = { name: personName(person), email: person.email ?? '' }
    await provider.writeEvent(account, { meetingId: id, revision, startsAt, endsAt, subject, body, visitor })
  }
  if (isCurrentAgent) await markWritten(database, meeting)
}

/** Unless the meeting has changed meanwhile: then another job is on its way. */
async function markWritten(database: Services['database'], { id, revision }: Meeting): Promise<void> {
  await database.meeting.updateMany({ where: { id, revision }, data: { calendarSync: 'WRITTEN' } })
}
