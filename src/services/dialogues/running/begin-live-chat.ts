// A dialogue leads to an agent.
import { type DialogueRequest, requestInDialogue } from '../../chat/request/request-in-dialogue.ts'
import type { RequestContext } from '../../identity/request-context.ts'

/** Must be the last call in a transaction, like `appendEvents`.
 * @param request.sessionId of the dialogue, which is locked
 * @returns the id of the conversation in which the chat goes on: another one, if the visitor has a chat already
 * @throws ForbiddenError, UnauthenticatedError as in `requestInDialogue` */
export async function beginLiveChat(
  context: RequestContext,
  { sessionId, ...request }: DialogueRequest & { sessionId: string },
): Promise<string> {
  const { tx, conversationId } = request
  const goesOnIn = await requestInDialogue(context, request)
  if (goesOnIn !== conversationId) {
    await tx.dialogueSession.update({ where: { id: sessionId }, data: { conversationId: goesOnIn } })
  }
  return goesOnIn
}
