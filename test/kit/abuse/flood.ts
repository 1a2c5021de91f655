// A flood of the calls that are open to everybody.
import { randomUUID } from 'node:crypto'
import {
  type AddressOf,
  type Attack,
  daysFrom,
  type Origin,
  type Sham,
  type Step,
  shams,
  startVisit,
} from './attacker.ts'
import { mutate, send } from './client.ts'
import { nodeOf, type Site } from './site.ts'

/** Visits, requests for chats, messages and queries of free slots, in turn. */
export const flood = (origin: Origin): Attack => ({
  name: `a flood of calls from ${origin.name}`,
  begin: (site) => {
    const addressOf = origin.begin()
    const calls: [string, Step][] = [
      ['startVisit', async (number) => (await startVisit(site, number, addressOf(number))).kind],
      ['requestLiveChat', chatRequests(site, addressOf)],
      ['sendMessage', messages(site, addressOf)],
      ['slots', slots(site, addressOf)],
    ]
    return async (number) => {
      const [name, call] = calls[number % calls.length] as [string, Step]
      return `${name}: ${await call(Math.floor(number / calls.length))}`
    }
  },
})

/** Each sham has one chat at a time, so each asks once. */
function chatRequests(site: Site, addressOf: AddressOf): Step {
  const sham = shams(site, { addressOf, each: 1 })
  return async (number) => {
    const call = { mutation: 'requestLiveChat', input: {} }
    return (await mutate(nodeOf(site, number), { ...call, ...(await sham(number)) })).kind
  }
}

function messages(site: Site, addressOf: AddressOf): Step {
  const sham = shams(site, { addressOf, each: 40 })
  const chats = new Map<Sham, Promise<string>>()
  const ask = async (number: number, caller: Sham) => {
    const call = { mutation: 'requestLiveChat', input: {}, select: '... on Conversation { id }' }
    const { result } = await mutate<{ id?: string }>(nodeOf(site, number), { ...call, ...caller })
    return result?.id ?? btoa(`Conversation:${randomUUID()}`)
  }
  return async (number) => {
    const caller = await sham(number)
    const chat = chats.get(caller) ?? ask(number, caller)
    chats.set(caller, chat)
    const input = { conversationId: await chat, text: 'Cheap!', clientKey: `${number}` }
    return (await mutate(nodeOf(site, number), { mutation: 'sendMessage', input, ...caller })).kind
  }
}

function slots(site: Site, addressOf: AddressOf): Step {
  const sham = shams(site, { addressOf, each: 100 })
  const query = `query ($target: RoutingTargetInput, $from: DateTime!, $to: DateTime!) {
    result: slots(target: $target, from: $from, to: $to, timeZone: "UTC") { __typename days { slots { startsAt } } }
  }`
  return async (number) => {
    const variables = { target: { agentId: site.agent.id }, ...daysFrom(1, 30) }
    return (await send(nodeOf(site, number), { query, variables, ...(await sham(number)) })).kind
  }
}
