// Makes the texts of a meeting anew, after something that they tell of has changed.
import type { Meeting } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { type InvitationTexts, textsOfMeeting } from './invitation.ts'

/** @param meeting as it is going to be: with its new times, or its new link to join
 * @returns its subject and body, of the invitation that it was booked with */
export async function readTexts(tx: Transaction, meeting: Meeting): Promise<InvitationTexts> {
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: meeting.agentId } })
  const person = await tx.person.findUniqueOrThrow({ where: { id: meeting.personId } })
  return textsOfMeeting(meeting, { agent, person })
}
