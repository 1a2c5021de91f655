// One meeting, told in facts; a test changes what it is about.
import type { MeetingMailFacts } from '../../../src/services/booking/mails/meeting-mail-facts.ts'

export const MANAGE_URL = 'https://book.example.com/meetings/manage?token=abc&signature=d/e+f='

/** Grace in New York has booked Ada in Berlin: 8 December 2026, 13:00 to 13:30 UTC. */
export function meetingFacts(changes: Partial<MeetingMailFacts> = {}): MeetingMailFacts {
  const { subject = 'Product demo', body = 'Your questions first.\nThen the tour.' } = changes
  return {
    meetingId: '01939a5e-7c1f-7d32-9c55-2f1a6f0b7e11',
    invitationUid: '01939a5e-7c1f-7d32-9c55-2f1a6f0b7e11',
    isRepeat: false,
    revision: 0,
    kind: 'CONFIRMATION',
    recipient: 'VISITOR',
    startsAt: new Date('2026-12-08T13:00:00Z'),
    endsAt: new Date('2026-12-08T13:30:00Z'),
    sentAt: new Date('2026-12-01T09:15:42Z'),
    previousStartsAt: null,
    visitorTimeZone: 'America/New_York',
    agentTimeZone: 'Europe/Berlin',
    subject,
    body,
    entry: { subject, body },
    conferenceUrl: 'https://meet.example.com/abc-defg-hij',
    reason: null,
    agent: { name: 'Ada Lovelace', email: 'ada@analytical.example' },
    visitor: { name: 'Grace Hopper', email: 'grace@navy.example' },
    visitorFirstName: 'Grace',
    workspaceName: 'Analytical Engines',
    manageUrl: MANAGE_URL,
    organizer: 'meetings@mail.analytical.example',
    from: 'meetings@mail.analytical.example',
    sender: 'meetings@mail.analytical.example',
    ...changes,
  }
}

/** The same meeting, an hour later. */
export function changedFacts(changes: Partial<MeetingMailFacts> = {}): MeetingMailFacts {
  return meetingFacts({
    revision: 1,
    kind: 'CHANGE',
    startsAt: new Date('2026-12-08T14:00:00Z'),
    endsAt: new Date('2026-12-08T14:30:00Z'),
    sentAt: new Date('2026-12-02T10:00:00Z'),
    previousStartsAt: new Date('2026-12-08T13:00:00Z'),
    reason: 'My train is late.',
    ...changes,
  })
}

export function cancelledFacts(changes: Partial<MeetingMailFacts> = {}): MeetingMailFacts {
  return changedFacts({
    revision: 2,
    kind: 'CANCELLATION',
    sentAt: new Date('2026-12-03T08:00:00Z'),
    previousStartsAt: null,
    reason: 'No longer needed.',
    ...changes,
  })
}
