// The mails that Exchange sends to guests for each change of a meeting. Clients cannot suppress them.
import { changeKeyOf } from './event-json.ts'
import type { Account, Attendee, Mail, StoredEvent, World } from './model.ts'

export function sendMails(
  world: World,
  options: {
    account: Account
    event: StoredEvent
    kind: Mail['kind']
    by: Mail['by']
    /** All guests when omitted. */
    to?: Attendee[]
    comment?: string
  },
): void {
  const { account, event, kind, by, comment = '' } = options
  if (!event.isOrganizer) return
  for (const { address } of options.to ?? event.attendees) {
    if (address.toLowerCase() === account.email) continue
    world.mails.push({
      at: world.clock.now(),
      from: account.email,
      to: address,
      kind,
      eventId: event.id,
      iCalUId: event.iCalUId,
      sequence: event.sequence,
      revision: changeKeyOf(event),
      subject: event.subject,
      comment,
      by,
    })
  }
}

/** Added guests get an invitation and removed guests a cancellation. The others get an update, unless only the list of
 * guests has changed. */
export function sendMailsOfUpdate(
  world: World,
  options: {
    account: Account
    event: StoredEvent
    before: Attendee[]
    onlyAttendees: boolean
    by: Mail['by']
  },
): void {
  const { account, event, before, onlyAttendees, by } = options
  const isIn = (list: Attendee[], { address }: Attendee) =>
    list.some((other) => other.address.toLowerCase() === address.toLowerCase())
  const added = event.attendees.filter((one) => !isIn(before, one))
  const removed = before.filter((one) => !isIn(event.attendees, one))
  const stayed = event.attendees.filter((one) => isIn(before, one))
  sendMails(world, { account, event, kind: 'CANCELLATION', to: removed, by })
  sendMails(world, { account, event, kind: 'INVITATION', to: added, by })
  if (!onlyAttendees) sendMails(world, { account, event, kind: 'UPDATE', to: stayed, by })
}
