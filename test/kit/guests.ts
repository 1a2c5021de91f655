// Visitors who request a live chat, one after the other, and may have to wait.
import type { Staff, TestWorkspace } from './actors.ts'
import type { TestApp } from './app.ts'
import { createVisitor } from './booking.ts'
import { type Chat, readChat, requestChat, startActiveChat } from './chat.ts'

const SECOND = 1000

export interface Guest {
  token: string
  /** Of the chat. */
  id: string
  /** The chat as the visitor reads it, with its wait. */
  read(): Promise<Chat>
}

/** @param workspace finds the workspace of the present test */
export function guestsOf(app: TestApp, workspace: () => TestWorkspace) {
  const guest = (token: string, id: string): Guest => ({
    token,
    id,
    read: async () => (await readChat(app, token, id, 'waiting { place estimatedSeconds until }')) as Chat,
  })
  return {
    /** Another visitor requests a chat; a second passes. */
    async ask(input: object = {}): Promise<Guest> {
      const token = await createVisitor(app, workspace())
      const { id } = await requestChat(app, token, input)
      app.clock.advance(SECOND)
      return guest(token, id)
    },
    /** Gives the agent a chat. */
    async occupy(agent: Staff): Promise<Guest> {
      const token = await createVisitor(app, workspace())
      return guest(token, await startActiveChat(app, workspace(), { agent, visitor: { token } }))
    },
  }
}
