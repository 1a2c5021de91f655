// Renders the texts of a meeting again after a fact that they mention has changed.
import type { Meeting } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { type InvitationTexts, textsOfMeeting } from './invitation.ts'

/** @param meeting with the new times or the new join link already set
 * @returns the subject and body, rendered from the template that the meeting was booked with */
export async function readTexts(tx: Transaction, meeting: Meeting): Promise<InvitationTexts> {
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: meeting.agentId } })
  const person = await tx.person.findUniqueOrThrow({ where: { id: meeting.personId } })
  return textsOfMeeting(meeting, { agent, person })
}
