// What a script can do to an installation with the public key of a website. Each attack is a row of steps, which a test
// runs once and a benchmark as long as it measures.
import { type Attack, daysFrom, ONE_ADDRESS, type Origin, shams, slotOf } from './attacker.ts'
import { mutate, openLine, send } from './client.ts'
import { nodeOf } from './site.ts'

const UNREAD_MS = 2000

/** Each hold is that of another visitor, so that it does not end the one before.
 * @param days of one agent, which the holds are spread over */
export const holds = (origin: Origin, { days }: { days: number }): Attack => ({
  name: `holdSlot from ${origin.name}`,
  begin: (site) => {
    const sham = shams(site, { addressOf: origin.begin(), each: 1 })
    return async (number) => {
      const input = {
        target: { agentId: site.agent.id },
        startsAt: slotOf(1 + (number % days), Math.floor(number / days)),
      }
      const call = { mutation: 'holdSlot', input, ...(await sham(number)) }
      return (await mutate(nodeOf(site, number), call)).kind
    }
  },
})

export const bookings: Attack = {
  name: 'bookMeeting with foreign e-mail addresses',
  begin: (site) => {
    const sham = shams(site, { addressOf: ONE_ADDRESS.begin(), each: 10 })
    return async (number) => {
      const input = {
        slot: { free: { target: { agentId: site.agent.id }, startsAt: slotOf(4, number) } },
        timeZone: 'UTC',
        person: { email: `foreign${number}@example.com` },
      }
      const call = { mutation: 'bookMeeting', input, ...(await sham(number)) }
      return (await mutate(nodeOf(site, number), call)).kind
    }
  },
}

/** Pings of 60 KB on a socket that reads nothing, before it has signed in. */
export const unreadPings: Attack = {
  name: 'pings that nobody reads',
  begin: (site) => {
    const addressOf = ONE_ADDRESS.begin()
    const payload = { text: 'x'.repeat(60_000) }
    return async (number) => {
      const { webSocket, send, closed } = await openLine(nodeOf(site, number), { address: addressOf(number) })
      webSocket.pause()
      for (let pings = 0; pings < 60; pings++) send({ type: 'ping', payload })
      // Only a client that reads sees that its socket is closed.
      setTimeout(() => webSocket.resume(), UNREAD_MS).unref()
      return `closed with ${await closed}`
    }
  },
}

const SLOTS_CHANGED = `subscription ($target: RoutingTargetInput, $from: DateTime!, $to: DateTime!) {
  slotsChanged(target: $target, from: $from, to: $to, timeZone: "UTC") { __typename }
}`

/** Different days, watched by one visitor over one socket; every tenth step holds a slot, which changes all of them. */
export const slotWatches: Attack = {
  name: 'many different slotsChanged',
  begin: (site) => {
    const sham = shams(site, { addressOf: ONE_ADDRESS.begin(), each: 1_000_000 })
    let watch: Promise<(number: number) => Promise<string>> | undefined
    const connect = async () => {
      const waiting = new Map<string, (kind: string) => void>()
      const { promise: accepted, resolve } = Promise.withResolvers<void>()
      const caller = await sham(0)
      const line = await openLine(nodeOf(site, 0), {
        address: caller.address,
        onMessage: ({ type, id = '', payload }) => {
          if (type === 'connection_ack') resolve()
          const [error] = payload?.errors ?? [payload?.[0]]
          waiting.get(id)?.(error?.extensions?.code ?? type)
        },
      })
      line.send({ type: 'connection_init', payload: { authorization: `Bearer ${caller.token}` } })
      await accepted
      return (number: number) => {
        const { promise: answered, resolve } = Promise.withResolvers<string>()
        waiting.set(`${number}`, resolve)
        const variables = {
          target: { agentId: site.agent.id },
          ...daysFrom(1 + (number % 50), 1 + Math.floor(number / 50)),
        }
        line.send({ type: 'subscribe', id: `${number}`, payload: { query: SLOTS_CHANGED, variables } })
        return Promise.race([answered, line.closed.then((code) => `closed with ${code}`)])
      }
    }
    return async (number) => {
      watch ??= connect()
      const kind = await (await watch)(number)
      if (number % 10 === 0) {
        const input = { target: { agentId: site.agent.id }, startsAt: slotOf(5, number / 10) }
        await mutate(nodeOf(site, number), { mutation: 'holdSlot', input, ...(await sham(0)) })
      }
      return kind
    }
  },
}

const times = (count: number, part: string) => Array.from({ length: count }, () => part).join(' ')

/** Documents that would be expensive to validate. */
export const documents: Attack = {
  name: 'documents of 1,490 fields or 120 lists',
  begin: (site) => {
    const addressOf = ONE_ADDRESS.begin()
    const texts = [
      `{ ${times(1490, '__typename')} }`,
      `{ ${times(120, 'meetings(first: 1) { nodes { id } }')} }`,
    ]
    return async (number) => {
      const query = texts[number % texts.length] ?? ''
      return (await send(nodeOf(site, number >> 1), { query, address: addressOf(number) })).kind
    }
  },
}
