// The mails from Google to guests about a change, and its limit on invitations to external guests.
import { refusal } from './errors.ts'
import type { Account, EventResource, Mail, World } from './state.ts'

export const SEND_UPDATES = ['all', 'externalOnly', 'none'] as const
export type SendUpdates = (typeof SEND_UPDATES)[number]

interface Change {
  before: EventResource | undefined
  after: EventResource
  sendUpdates: SendUpdates
}

/** Guests are mailed about changes of these fields only. */
const MAILED_FIELDS = [
  'summary',
  'description',
  'location',
  'start',
  'end',
  'recurrence',
  'conferenceData',
] as const

/** Refuses invitations beyond the account's limit. To be called before the change is stored.
 * @throws 403 quotaExceeded */
export function checkInvitationLimit(world: World, account: Account, change: Change): void {
  const invited = addedGuests(change).filter((email) => isOutside(world, email))
  if (change.sendUpdates === 'none' || invited.length === 0) return
  if (invited.length > account.invitationsLeft) {
    throw refusal(403, 'quotaExceeded', 'Calendar usage limits exceeded.', { domain: 'usageLimits' })
  }
  account.invitationsLeft -= invited.length
}

/** Records the mails that Google sends. */
export function mailGuests(world: World, account: Account, change: Change): void {
  const { before, after, sendUpdates } = change
  if (sendUpdates === 'none') return
  const [guestsBefore, guestsAfter] = [guestsOf(before), guestsOf(after)]
  const isGone = after.status === 'cancelled'
  const isUpdate = before === undefined || MAILED_FIELDS.some((field) => !isSame(before[field], after[field]))
  const send = (kind: Mail['kind'], emails: string[]) => {
    for (const to of emails) {
      if (sendUpdates === 'externalOnly' && !isOutside(world, to)) continue
      world.mails.push({
        to,
        from: account.email,
        kind,
        at: world.clock.now(),
        eventId: String(after.id),
        iCalUID: String(after.iCalUID),
        sequence: after.sequence ?? 0,
      })
    }
  }
  if (isGone) {
    if (before?.status !== 'cancelled') send('CANCELLATION', guestsBefore)
    return
  }
  send('INVITATION', addedGuests(change))
  send(
    'CANCELLATION',
    guestsBefore.filter((email) => !guestsAfter.includes(email)),
  )
  if (isUpdate) {
    send(
      'UPDATE',
      guestsAfter.filter((email) => guestsBefore.includes(email)),
    )
  }
}

function addedGuests({ before, after }: Change): string[] {
  const known = guestsOf(before)
  return guestsOf(after).filter((email) => !known.includes(email))
}

/** The attendees without the organiser, the account itself and rooms. */
function guestsOf(event: EventResource | undefined): string[] {
  return (event?.attendees ?? [])
    .filter((attendee) => !attendee.organizer && !attendee.self && !attendee.resource)
    .map(({ email }) => String(email))
}

const isOutside = (world: World, email: string) => !world.accounts.has(email)

const isSame = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
