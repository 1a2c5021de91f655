// The windows that are open while somebody attacks: the console of the agent, and a page with free slots.
import { setTimeout as pause } from 'node:timers/promises'
import { daysFrom } from './attacker.ts'
import { type LineEvent, mutate, mutateTo, subscribe } from './client.ts'
import { nodeOf, type Site } from './site.ts'

const DEADLINE_MS = 60_000
const PICKER_DAYS = 7
/** From the next midnight on; attacks are about the days before. */
const PICKER_FROM = 10
/** The e-mail addresses of honest visitors end so. */
export const HONEST = '@honest.example'

export interface Offer {
  id: string
  conversationId: string
  conversation: { person: { email: string | null } } | null
}

export interface Windows {
  site: Site
  /** Whether the agent declines the chats of those who are not honest. */
  declinesOthers: boolean
  /** How many events have come so far. */
  now(): number
  /** Waits for an event that a window has got since a call of `now`. */
  shown(of: 'console' | 'picker', is: (event: LineEvent) => boolean, since: number): Promise<LineEvent>
  /** The latest event that the picker has got: what it shows. */
  picker(): LineEvent
  /** Whether both are still connected. */
  areOpen(): boolean
  close(): void
}

const CONSOLE = `subscription { agentEvents { __typename
  ... on ChatOffered { offer { id conversationId conversation { person { email } } } }
  ... on MessageSent { conversationId message { text } }
} }`
const PICKER = `subscription ($target: RoutingTargetInput, $from: DateTime!, $to: DateTime!) {
  slotsChanged(target: $target, from: $from, to: $to, timeZone: "UTC") { __typename days { slots { startsAt } } }
}`

/** The days of the page, as variables. */
export const pickerRange = (site: Site) => ({
  target: { agentId: site.agent.id },
  ...daysFrom(PICKER_FROM, PICKER_DAYS),
})

export async function openWindows(site: Site): Promise<Windows> {
  const events: { of: string; event: LineEvent }[] = []
  const waiting = new Set<() => void>()
  const keep = (of: string, event: LineEvent) => {
    events.push({ of, event })
    for (const look of waiting) look()
  }
  const windows: Omit<Windows, 'areOpen' | 'close'> = {
    site,
    declinesOthers: false,
    now: () => events.length,
    picker: () => events.findLast(({ of }) => of === 'picker')?.event ?? { __typename: 'none' },
    shown: async (of, is, since) => {
      const { promise, resolve } = Promise.withResolvers<LineEvent>()
      const look = () => {
        const found = events.slice(since).find((one) => one.of === of && is(one.event))
        if (found) resolve(found.event)
      }
      waiting.add(look)
      look()
      return withDeadline(promise, `an event of the ${of}`).finally(() => waiting.delete(look))
    },
  }
  const onConsole = (event: LineEvent) => {
    keep('console', event)
    const { id, conversation } = (event.offer ?? {}) as Partial<Offer>
    if (!all.declinesOthers || id === undefined || conversation?.person.email?.endsWith(HONEST)) return
    const call = { mutation: 'declineChat', input: { offerId: id }, ...site.agent }
    // The offer may be over already.
    void mutate(nodeOf(site, 0), call).catch(() => {})
  }
  const lines: Awaited<ReturnType<typeof subscribe>>[] = []
  const all: Windows = {
    ...windows,
    areOpen: () => lines.every(({ webSocket }) => webSocket.readyState === webSocket.OPEN),
    close: () => {
      for (const { webSocket } of lines) webSocket.terminate()
    },
  }
  lines.push(await subscribe(nodeOf(site, 0), { query: CONSOLE, onEvent: onConsole, ...site.agent }))
  const onPicker = (event: LineEvent) => keep('picker', event)
  const picker = { query: PICKER, variables: pickerRange(site), onEvent: onPicker }
  const visitor = await startVisit(site, { address: '192.0.2.99' })
  lines.push(await subscribe(nodeOf(site, 1), { ...picker, ...visitor }))
  await all.shown('picker', () => true, 0)
  return all
}

/** @returns who calls from then on */
export async function startVisit(
  site: Site,
  { address, email }: { address: string; email?: string },
): Promise<{ address: string; token: string }> {
  const input = { publicKey: site.publicKey, person: email === undefined ? undefined : { email } }
  const { token } = await mutateTo<{ token: string }>('Visit', nodeOf(site, 1), {
    ...{ mutation: 'startVisit', input, select: '... on Visit { token }', address },
  })
  return { address, token }
}

/** @throws Error with what did not come in a minute */
export function withDeadline<Value>(promise: Promise<Value>, what: string): Promise<Value> {
  const late = new AbortController()
  const timer = pause(DEADLINE_MS, undefined, { signal: late.signal })
  const fail = async (): Promise<never> => {
    await timer
    throw new Error(`It did not come: ${what}.`)
  }
  const failing = fail()
  failing.catch(() => {})
  return Promise.race([promise, failing]).finally(() => late.abort())
}
