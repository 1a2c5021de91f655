// Requests for live chats cannot close an agent to everybody else.
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, type Chat, lastOffer, readChat, requestChat } from '../kit/chat.ts'
import { forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

const SECRET = 'a secret of the backend, 32 characters or more'
const start = () => startOnPort({ network: { backendSecret: SECRET } })
const { app, acme, admin, ada, mutate } = useScene({ ada: forChat }, { start })

const set = (liveChatSettings: object) =>
  mutate({ mutation: 'updateWorkspace', input: { liveChatSettings }, token: admin.token, select: '' })

/** A new visitor asks for a chat. */
async function askFrom(address: string): Promise<Chat> {
  const headers = { 'switchboard-visitor-address': address, 'switchboard-backend-secret': SECRET }
  const execute: typeof app.execute = async (query, { variables, token } = {}) => {
    const answer = await fetch(`${app.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return answer.json()
  }
  return requestChat({ execute }, await createVisitor(app, acme))
}
const read = ({ id }: Chat, fields = '') => readChat(app, admin.token, id, fields)

beforeEach(() => set({ chatsPerAgent: 3 }))

describe('the visitors of one network', () => {
  it.each([
    ['an IPv4 address', () => '198.51.100.1'],
    ['48 bits of IPv6 addresses', (number: number) => `2001:db8:1:${number}::1`],
  ])('leave the last seat of an agent to others: %s', async (_what, address) => {
    for (const number of [1, 2]) expect(await askFrom(address(number))).toMatchObject({ state: 'OFFERED' })
    const third = await askFrom(address(3))
    expect(third).toMatchObject({ state: 'MISSED' })
    const skipped = [{ agent: { id: ada.id }, ineligibleBecause: ['SEAT_RESERVED'] }]
    const decision = 'decision { steps { skipped { agent { id } ineligibleBecause } } }'
    expect(await read(third, decision)).toMatchObject({
      decision: { steps: [{ skipped: expect.arrayContaining(skipped) }, {}] },
    })
    expect(await askFrom('203.0.113.1')).toMatchObject({ state: 'OFFERED' })
    expect(await askFrom('203.0.113.2')).toMatchObject({ state: 'MISSED' })
  })

  it('may have all seats of an agent who accepts their chats', async () => {
    for (const _each of [1, 2, 3]) {
      const { id, state } = await askFrom('198.51.100.1')
      expect(state).toBe('OFFERED')
      await acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    }
  })

  it('wait for a seat, where requests wait, and hold up nobody', async () => {
    await set({ waitSeconds: 60 })
    const own = []
    for (const _each of [1, 2, 3, 4]) own.push(await askFrom('198.51.100.1'))
    expect(own.map(({ state }) => state)).toEqual(['OFFERED', 'OFFERED', 'REQUESTED', 'REQUESTED'])
    const other = await askFrom('203.0.113.1')
    await sweepChats(app.app.services)
    expect(await read(other)).toMatchObject({ state: 'OFFERED' })
    expect(await read(own[2] as Chat)).toMatchObject({ state: 'REQUESTED' })
  })
})
