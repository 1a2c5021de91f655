// The job that moves the invitations to coming meetings to the new e-mail address of a person or an agent: the old address
// gets a cancellation, the new one the invitation, and the other side learns of it.
import type { Meeting } from '../../../database/generated/client/client.ts'
import { lockMeetingRow } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { claimInvitation, withdraw } from '../../calendars/entries/invite-by-mail.ts'
import type { Services } from '../../context.ts'
import { once } from '../../idempotency.ts'
import { PRODUCT } from '../../identity/viewer.ts'
import type { AttendeeAddressJob } from '../../jobs.ts'
import { runTransaction } from '../../transaction.ts'
import { upcoming } from '../../upcoming-meetings.ts'
import { recordChange } from '../meetings/record-change.ts'

/** Each meeting is treated once, in a transaction of its own; a retry goes on where it stopped. */
export async function moveInvitations(services: Services, job: AttendeeAddressJob): Promise<void> {
  const now = services.clock.now()
  const meetings = await services.database.meeting.findMany({
    where: { ...job.attendee, ...upcoming(now) },
    select: { id: true, workspaceId: true },
    orderBy: { id: 'asc' },
  })
  for (const { id: meetingId, workspaceId } of meetings) {
    const call = { workspaceId, caller: 'attendee-address', key: `${job.key} ${meetingId}`, now }
    await runTransaction(services, (tx) =>
      once(tx, { ...call, operation: 'moveInvitation', input: job }, async () => {
        await moveInvitation(services, { tx, job, workspaceId, meetingId, now })
        return meetingId
      }),
    )
  }
}

interface Move {
  tx: Transaction
  job: AttendeeAddressJob
  workspaceId: string
  meetingId: string
  now: Date
}

async function moveInvitation(services: Services, move: Move): Promise<void> {
  const { tx, job, workspaceId, meetingId, now } = move
  const meeting = await lockMeetingRow(tx, { workspaceId, meetingId })
  const isOver = !meeting || meeting.status === 'CANCELLED' || meeting.endsAt <= now
  if (isOver) return
  const isVisitor = 'personId' in job.attendee
  if (isVisitor && meeting.invitationUid === null) await inviteInstead(tx, { meeting, job })
  const changed = await tx.meeting.update({
    where: { id: meetingId },
    data: { revision: { increment: 1 }, calendarSync: 'PENDING' },
  })
  const reasonCode = isVisitor ? ('VISITOR_EMAIL_CHANGED' as const) : ('AGENT_EMAIL_CHANGED' as const)
  const change = { meeting: changed, kind: 'ATTENDEE_CHANGED' as const, actor: PRODUCT, reason: null, now }
  await recordChange(services, { tx, change: { ...change, reasonCode } })
}

/** The agent's calendar has invited the old address, and guests of its event are the agent's. So our mails take over:
 * they cancel that invitation, and invite the new address. */
async function inviteInstead(
  tx: Transaction,
  { meeting, job }: { meeting: Meeting; job: AttendeeAddressJob },
): Promise<void> {
  const { id: meetingId, agentId } = meeting
  const entry = await tx.calendarEntry.findUnique({ where: { meetingId_agentId: { meetingId, agentId } } })
  const uid = entry?.invites ? entry.iCalUid : null
  await claimInvitation({ tx, meeting, iCalUid: null })
  if (uid !== null) await withdraw({ tx, meetingId, agentId, uid, address: job.previousAddress })
}
