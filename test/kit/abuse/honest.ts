// An honest visitor, who books and chats while somebody attacks.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type LineEvent, mutateTo, send, subscribe } from './client.ts'
import { nodeOf, type Site } from './site.ts'
import { HONEST, type Offer, pickerRange, startVisit, type Windows, withDeadline } from './windows.ts'

/** So that the visitor's own budget of requests is not used up. */
const RETRY_MS = 1000
const MOST_RETRIES = 4

/** How many milliseconds something took until it was answered, or shown on the other side. */
export interface Sample {
  what: string
  ms: number
}

/** A visitor in the middle of a visit. */
interface Visit {
  windows: Windows
  site: Site
  /** The node that it calls. */
  url: string
  from: { address: string; token: string }
  timed<Result>(what: string, work: () => Promise<Result>): Promise<Result>
}

interface Free extends LineEvent {
  days: { slots: { startsAt: string }[] }[]
}

const SLOTS = `query ($target: RoutingTargetInput, $from: DateTime!, $to: DateTime!) {
  result: slots(target: $target, from: $from, to: $to, timeZone: "UTC") { __typename days { slots { startsAt } } }
}`
const CHAT = `subscription ($id: ID!) {
  conversationEvents(conversationId: $id) { __typename ... on MessageSent { message { text } } }
}`

let visitors = 0

/** A visitor looks for a slot, holds it, which the date picker shows, books and cancels it; then chats with the agent.
 * Each visitor has an address and an e-mail of its own.
 * @throws Error when anything of it does not go well */
export async function visitBookAndChat(windows: Windows): Promise<Sample[]> {
  const { site } = windows
  const number = ++visitors
  const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`
  const samples: Sample[] = []
  const timed: Visit['timed'] = async (what, work) => {
    const begin = performance.now()
    const result = await work()
    samples.push({ what, ms: performance.now() - begin })
    return result
  }
  const from = await timed('visit', () => startVisit(site, { address, email: `visitor${number}${HONEST}` }))
  const visit = { windows, site, url: nodeOf(site, number), from, timed }
  await book(visit)
  await chat(visit)
  return samples
}

const startsOf = (free: LineEvent) =>
  (free as Free).days.flatMap(({ slots }) => slots.map(({ startsAt }) => startsAt))

async function book({ windows, site, url, from, timed }: Visit): Promise<void> {
  const variables = pickerRange(site)
  const { result } = await timed('slots', () => send<Free>(url, { query: SLOTS, variables, ...from }))
  // What an earlier visitor has just given up may not be shown yet, and then taking it changes nothing.
  const shown = new Set(startsOf(windows.picker()))
  const starts = result ? startsOf(result).filter((start) => shown.has(start)) : []
  const startsAt = starts[Math.floor(Math.random() * starts.length)] ?? ''
  const since = windows.now()
  const input = { target: { agentId: site.agent.id }, startsAt }
  const hold = { mutation: 'holdSlot', input, select: '... on SlotHold { id }', ...from }
  const { id: holdId } = await timed('hold', () => mutateTo<{ id: string }>('SlotHold', url, hold))
  const isTaken = (free: LineEvent) => !startsOf(free).includes(startsAt)
  await timed('hold, until the picker shows it', () => windows.shown('picker', isTaken, since))
  const booking = { mutation: 'bookMeeting', input: { slot: { holdId }, timeZone: 'UTC' }, ...from }
  const { id: meetingId } = await timed('book', () =>
    mutateTo<{ id: string }>('Meeting', url, { ...booking, select: '... on Meeting { id }' }),
  )
  const cancel = { mutation: 'cancelMeeting', input: { meeting: { meetingId } }, ...from }
  await timed('cancel', () => mutateTo('Meeting', url, cancel))
}

async function chat(visit: Visit): Promise<void> {
  const { windows, site, timed } = visit
  const since = windows.now()
  const id = await requestChat(visit)
  const isOffer = ({ offer }: LineEvent) => (offer as Offer | undefined)?.conversationId === id
  const { offer } = await timed('request, until the console shows it', () =>
    windows.shown('console', isOffer, since),
  )
  const accept = { mutation: 'acceptChat', input: { offerId: (offer as Offer).id }, ...site.agent }
  await timed('accept', () => mutateTo('Conversation', nodeOf(site, 0), accept))
  await talk(visit, id)
  const end = { mutation: 'endChat', input: { conversationId: id }, ...site.agent }
  await timed('end', () => mutateTo('Conversation', nodeOf(site, 0), end))
}

/** Where the agent has to decline others first, the visitor asks again.
 * @returns the id of the chat */
async function requestChat({ windows, site, url, from, timed }: Visit): Promise<string> {
  const input = { target: { agentId: site.agent.id } }
  const call = { mutation: 'requestLiveChat', input, select: '... on Conversation { id state }', ...from }
  for (let times = 0; ; times++) {
    const { id, state } = await timed('request', () =>
      mutateTo<{ id: string; state: string }>('Conversation', url, call),
    )
    if (state === 'OFFERED') return id
    if (!windows.declinesOthers || times === MOST_RETRIES) throw new Error(`The chat is ${state}.`)
    await pause(RETRY_MS)
  }
}

/** The visitor asks, the agent answers, and each sees what the other says. */
async function talk({ windows, site, url, from, timed }: Visit, conversationId: string): Promise<void> {
  const [question, answer] = [randomUUID(), randomUUID()]
  const { promise: answered, resolve } = Promise.withResolvers<void>()
  const isText = ({ message }: LineEvent, text: string) =>
    (message as { text: string } | undefined)?.text === text
  const page = await subscribe(url, {
    ...{ query: CHAT, variables: { id: conversationId }, ...from },
    onEvent: (event) => {
      if (isText(event, answer)) resolve()
    },
  })
  const say = (text: string) => ({
    ...{ mutation: 'sendMessage', input: { conversationId, text, clientKey: text } },
  })
  const since = windows.now()
  await timed('message, until the console shows it', async () => {
    await mutateTo('Message', url, { ...say(question), ...from })
    await windows.shown('console', (event) => isText(event, question), since)
  })
  await timed('answer, until the visitor sees it', async () => {
    await mutateTo('Message', nodeOf(site, 0), { ...say(answer), ...site.agent })
    await withDeadline(answered, 'the answer of the agent')
  })
  page.webSocket.terminate()
}
