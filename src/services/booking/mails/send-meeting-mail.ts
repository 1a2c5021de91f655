// The job that brings what one side of a meeting was told by mail up to the meeting as it stands: who holds an invitation
// that is no longer right gets a cancellation, who has it gets the news. It reads the facts when it runs, so it is
// idempotent, and after a run of several changes it sends one mail.
import type { MeetingInvitation } from '../../../database/generated/client/client.ts'
import { JobNotReady } from '../../../database/job-not-ready.ts'
import type { Services } from '../../context.ts'
import type { EarlierMeetingMailJob, MeetingMailJob } from '../../jobs.ts'
import { sendUnlessRefused } from '../../notifications/mail/send-unless-refused.ts'
import { MailDeferredError } from '../../ports/mailer.ts'
import { adoptEarlierJob } from './adopt-earlier-job.ts'
import { composeMeetingMail } from './meeting-mail.ts'
import type { MeetingMailKind } from './meeting-mail-facts.ts'
import { readFacts } from './read-facts.ts'
import { type MailState, readTold } from './read-told.ts'
import { nextMailAt, planMails } from './rules.ts'

/** @throws the mailer's error, when a retry can succeed
 * @throws JobNotReady as long as a mail must wait: for the agent's calendar, or because the address just got one */
export async function sendMeetingMail(
  services: Services,
  given: MeetingMailJob | EarlierMeetingMailJob,
  signal: AbortSignal,
): Promise<void> {
  const job = 'meetingId' in given ? given : await adoptEarlierJob(services, given)
  const state = job && (await readTold(services, job))
  if (!state) return
  const outcomes = await Promise.allSettled(mailsFor(state).map((mail) => mail(services, signal)))
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  // What has only to wait hides no fault.
  const [failure = null] = failures.sort((one) => (one instanceof JobNotReady ? 1 : -1))
  if (failure !== null) throw failure
}

/** Sends one mail and records it. */
type Sending = (services: Services, signal: AbortSignal) => Promise<void>

function mailsFor(state: MailState): Sending[] {
  const plan = planMails(state)
  const replaced = plan.ends.findLast(({ address }) => address === state.holder?.address) ?? null
  const sendings: Sending[] = plan.ends.map(
    (invitation) => (services, signal) => end(services, { state, invitation, signal }),
  )
  if (plan.tells) {
    sendings.push((services, signal) => tell(services, { state, held: plan.held, replaced, signal }))
  }
  if (plan.tellsOfCancellationOnly) {
    sendings.push((services, signal) => tellOfCancellation(services, { state, signal }))
  }
  return sendings
}

interface News {
  state: MailState
  signal: AbortSignal
}

/** Cancels an invitation at the address that holds it. */
async function end(
  services: Services,
  { state, invitation, signal }: News & { invitation: MeetingInvitation },
): Promise<void> {
  const { holder, recipient } = state
  const hasOtherAgent = recipient === 'AGENT' && invitation.agentId !== holder?.agentId
  const kind: MeetingMailKind = holder === null || hasOtherAgent ? 'CANCELLATION' : 'WITHDRAWAL'
  const sent: { mails: { increment: number }; mailedAt: Date }[] = []
  // An address that got no invitation needs no word that it holds for another address now.
  if (kind === 'CANCELLATION' || invitation.uid !== null) {
    waitUntilNext(services, { state, address: invitation.address })
    const facts = await readFacts(services, { state, invitation, kind })
    await sendUnlessRefused(services, composeMeetingMail(facts), signal)
    sent.push({ mails: { increment: 1 }, mailedAt: services.clock.now() })
  }
  const data = { endedAt: services.clock.now(), ...sent[0] }
  await services.database.meetingInvitation.update({ where: { id: invitation.id }, data })
}

/** Tells the holder of the meeting as it stands. That the address may hold the invitation is recorded before the mail is
 * sent, so that it is never forgotten. */
async function tell(
  services: Services,
  { state, held, replaced, signal }: News & Record<'held' | 'replaced', MeetingInvitation | null>,
): Promise<void> {
  if (state.waits) throw new JobNotReady('The calendar was not written to yet.')
  if (state.holder) waitUntilNext(services, { state, address: state.holder.address })
  const invitation = await recordHolder(services, { state, held })
  const isFirst = (held?.revision ?? -1) < 0 && replaced === null && !invitation.again
  const isConfirmed = isFirst || state.meeting.revision === 0
  const facts = await readFacts(services, {
    state,
    invitation,
    kind: isConfirmed ? 'CONFIRMATION' : 'CHANGE',
    before: replaced ?? (isFirst ? null : held),
  })
  const { database, clock } = services
  const where = { id: invitation.id }
  const forget = () => database.meetingInvitation.delete({ where })
  const isTaken = await sendUnlessRefused(services, composeMeetingMail(facts), signal).catch(
    async (error: unknown) => {
      if (held === null && error instanceof MailDeferredError) await forget()
      throw error
    },
  )
  // An address that takes no mail holds nothing. A later change is a new attempt.
  if (!isTaken && isFirst) return void (await forget())
  const { revision, startsAt, endsAt, agentId } = state.meeting
  const told = { revision, startsAt, endsAt, agentId, again: false, mailedAt: clock.now() }
  await database.meetingInvitation.update({ where, data: { ...told, mails: { increment: 1 } } })
}

/** @returns the row of the invitation that the mail is about */
async function recordHolder(
  { database, settings }: Services,
  { state, held }: { state: MailState; held: MeetingInvitation | null },
): Promise<MeetingInvitation> {
  const { holder, meeting, recipient } = state
  if (holder === null) throw new Error(`The meeting ${meeting.id} is cancelled.`)
  const { workspaceId, id: meetingId, startsAt, endsAt } = meeting
  const { uid, address, agentId } = holder
  const organizer = settings.mailFrom
  if (held === null) {
    const row = { workspaceId, meetingId, recipient, agentId, address, uid, organizer, startsAt, endsAt }
    await database.meetingInvitation.createMany({ data: [row], skipDuplicates: true })
    return database.meetingInvitation.findFirstOrThrow({
      where: {
        meetingId,
        recipient,
        address,
        uid,
        endedAt: null,
        ...(recipient === 'AGENT' ? { agentId } : {}),
      },
    })
  }
  if (held.uid === uid) return held
  // It was told without an invitation, and gets one now.
  return database.meetingInvitation.update({
    where: { id: held.id },
    data: { uid, organizer, ours: true, revision: -1, again: held.revision >= 0 },
  })
}

/** The meeting was cancelled before the first mail about it. */
async function tellOfCancellation(services: Services, { state, signal }: News): Promise<void> {
  const { database, clock, settings } = services
  const { meeting, recipient, person, agent } = state
  const { workspaceId, id: meetingId, revision, startsAt, endsAt, agentId } = meeting
  const address = (recipient === 'VISITOR' ? person.email : agent.email) ?? ''
  const facts = await readFacts(services, {
    state,
    invitation: { agentId, address, uid: null, organizer: settings.mailFrom, ours: true, again: false },
    kind: 'CANCELLATION',
  })
  await sendUnlessRefused(services, composeMeetingMail(facts), signal)
  const told = { workspaceId, meetingId, recipient, agentId, address, revision, startsAt, endsAt }
  await database.meetingInvitation.create({
    data: { ...told, organizer: settings.mailFrom, mails: 1, endedAt: clock.now() },
  })
}

/** @throws JobNotReady when the address just got a mail about the meeting */
function waitUntilNext(
  { settings }: Services,
  { state, address }: { state: MailState; address: string },
): void {
  const next = settings.pausesMails ? nextMailAt(address, state.invitations) : null
  if (next === null) return
  const retryInMs = next.getTime() - state.readAt.getTime()
  if (retryInMs > 0) throw new JobNotReady('The address just got a mail about the meeting.', { retryInMs })
}
