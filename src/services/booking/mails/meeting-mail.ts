// Composes the mail about one revision of a meeting for one recipient, with its calendar part. It is pure: the same
// facts give the same mail, so that mail programs recognise the duplicate that a retry after a crash sends.
import { createHash } from 'node:crypto'
import { mailName, visitorMailName } from '../../notifications/mail/mail-name.ts'
import { renderHtml, renderText } from '../../notifications/mail/mail-rendering.ts'
import { multiLine, singleLine } from '../../notifications/mail/plain-text.ts'
import type { Mail, Mailbox } from '../../ports/mailer.ts'
import { composeCalendarPart } from './meeting-calendar-part.ts'
import type { MeetingMailFacts, Participant } from './meeting-mail-facts.ts'
import { senderName, wordMeetingMail } from './meeting-mail-wording.ts'

/** Composes one mail for each meeting, revision and recipient (docs/semantics.md, section 3). A written reply to it goes to
 * the other side of the meeting.
 * @throws RangeError for an unknown zone */
export function composeMeetingMail(rawFacts: MeetingMailFacts): Mail {
  const facts = clean(rawFacts)
  const [reader, other] =
    facts.recipient === 'VISITOR' ? [facts.visitor, facts.agent] : [facts.agent, facts.visitor]
  const domain = facts.sender.slice(facts.sender.lastIndexOf('@') + 1)
  const content = wordMeetingMail(facts)
  return {
    messageId: `<${messageIdOf(facts, reader.email)}@${domain}>`,
    sentAt: facts.sentAt,
    from: { name: senderName(facts), address: facts.from },
    ...(facts.from === facts.sender ? {} : { sender: { name: facts.workspaceName, address: facts.sender } }),
    replyTo: toMailbox(other),
    to: toMailbox(reader),
    subject: content.subject,
    text: renderText(content),
    html: renderHtml(content),
    calendar: facts.invitationUid === null ? null : composeCalendarPart(facts, facts.invitationUid),
  }
}

/** Contains the recipient's address, because a reassignment sends mail about one revision to two agents. The address is
 * hashed, because everyone to whom the mail is forwarded can read the Message-ID. */
function messageIdOf(facts: MeetingMailFacts, readerAddress: string): string {
  const reader = createHash('sha256').update(readerAddress.toLowerCase()).digest('hex').slice(0, 16)
  const parts = [facts.meetingId, facts.revision, facts.recipient.toLowerCase(), reader]
  const marks = [...(facts.kind === 'WITHDRAWAL' ? ['withdrawn'] : []), ...(facts.isRepeat ? ['again'] : [])]
  return [...parts, ...marks].join('.')
}

/** Makes the texts safe (see plain-text.ts). A blank text becomes empty and counts as none. */
function clean(facts: MeetingMailFacts): MeetingMailFacts {
  return {
    ...facts,
    subject: singleLine(facts.subject),
    body: multiLine(facts.body),
    entry: { subject: singleLine(facts.entry.subject), body: multiLine(facts.entry.body) },
    conferenceUrl: facts.conferenceUrl === null ? null : singleLine(facts.conferenceUrl),
    reason: facts.reason === null ? null : multiLine(facts.reason),
    agent: { ...facts.agent, name: mailName(facts.agent.name) },
    visitor: { ...facts.visitor, name: nameOfVisitor(facts.visitor) },
    visitorFirstName: visitorMailName(facts.visitorFirstName),
    workspaceName: mailName(facts.workspaceName),
  }
}

/** A visitor without a name is named by the address, which stays as it is. */
const nameOfVisitor = ({ name, email }: Participant): string =>
  name === email ? name : visitorMailName(name)

function toMailbox({ name, email }: Participant): Mailbox {
  return { name, address: email }
}
