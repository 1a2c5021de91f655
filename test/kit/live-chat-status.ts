// What tests of the status for live chats need: hours, the toggle, and the events.
import { expect } from 'vitest'
import type { Staff, TestWorkspace } from './actors.ts'
import type { TestApp } from './app.ts'
import { mutate, type Result } from './mutate.ts'

/** Sets an agent's own hours for live chat through the API. */
export async function setChatHours(
  testApp: TestApp,
  { token }: Staff,
  weekly: { weekday: string; start: string; end: string }[],
  timeZone = 'UTC',
): Promise<void> {
  const input = { timeZone, weekly }
  const result = await mutate(testApp, { mutation: 'setLiveChatAvailability', input, token, select: '' })
  expect(result).toEqual({ __typename: 'LiveChatAvailability' })
}

/** Sets an agent's toggle.
 * @param call.agentId global id; the token's agent when omitted */
export function toggle(
  testApp: Pick<TestApp, 'execute'>,
  call: { token: string | undefined; available: boolean; agentId?: string },
): Promise<Result> {
  const { token, ...input } = call
  return mutate(testApp, {
    mutation: 'setAvailabilityToggle',
    input,
    ...(token === undefined ? {} : { token }),
    select: '... on LiveChatStatus { available source changesAt toggle { available setAt expiresAt } }',
  })
}

interface Published {
  type: string
  payload: unknown
  at: Date
}

/** The events about an agent's status, in the agent's stream and in that of the workspace, oldest first. */
export async function statusEvents(
  { app }: TestApp,
  { agentId }: Staff,
  { workspaceId }: TestWorkspace,
): Promise<{ agent: Published[]; workspace: Published[] }> {
  const eventsOf = (streamId: string) =>
    app.services.database.event.findMany({
      where: { streamId, type: 'LiveChatStatusChanged', payload: { equals: { agentId } } },
      orderBy: { seq: 'asc' },
    })
  return { agent: await eventsOf(`agent:${agentId}`), workspace: await eventsOf(`workspace:${workspaceId}`) }
}
