import { encodeGlobalID } from '@pothos/plugin-relay'
import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTestAgent } from '../kit/actors.ts'
import { setChatHours, statusEvents, toggle } from '../kit/live-chat-status.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const FIELDS = 'available source changesAt toggle { available setAt expiresAt }'
/** An instant of the day of START. */
const monday = (time: string) => `2026-03-02T${time}:00.000Z`

const { app, acme, admin, ada, mutate } = useScene({ ada: anAgent })

beforeEach(() => setChatHours(app, ada, [{ weekday: 'MONDAY', start: '13:00', end: '17:00' }]))

describe('clearAvailabilityToggle', () => {
  const clear = (token: string, agentId?: string) =>
    mutate({
      mutation: 'clearAvailabilityToggle',
      input: { agentId },
      token,
      select: `... on LiveChatStatus { ${FIELDS} }`,
    })

  it('lets the hours decide again, and publishes the change', async () => {
    app.clock.set(monday('15:00'))
    await toggle(app, { token: ada.token, available: false })
    const published = (await statusEvents(app, ada, acme)).agent.length
    const byHours = { available: true, source: 'HOURS', changesAt: monday('17:00'), toggle: null }
    expect(await clear(ada.token)).toEqual({ __typename: 'LiveChatStatus', ...byHours })
    expect((await statusEvents(app, ada, acme)).agent).toHaveLength(published + 1)
  })

  it('has no effect and publishes nothing without a toggle', async () => {
    const published = (await statusEvents(app, ada, acme)).agent.length
    expect(await clear(ada.token)).toMatchObject({ available: false, toggle: null })
    expect((await statusEvents(app, ada, acme)).agent).toHaveLength(published)
  })

  it('is for oneself, and for a colleague with MANAGE_AGENTS', async () => {
    const alan = await createTestAgent(app, acme, 'Alan Turing')
    expect((await clear(alan.token, ada.id)).__typename).toBe('ForbiddenError')
    expect((await clear(admin.token, ada.id)).__typename).toBe('LiveChatStatus')
    const unknown = encodeGlobalID('Agent', uuidv7())
    expect((await clear(admin.token, unknown)).__typename).toBe('NotFoundError')
  })
})
