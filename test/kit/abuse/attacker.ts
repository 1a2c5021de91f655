// What attacks are made of: where they come from, and visitors who mean nothing good.
import { mutate, type Reply } from './client.ts'
import { nodeOf, type Site } from './site.ts'

const DAY_MS = 86_400_000
const HALF_AN_HOUR_MS = 1_800_000
const SLOTS_OF_DAY = 48

/** One call or one socket.
 * @param number counts from 0
 * @returns the kind of the answer, for example "Visit" or "QuotaExceededError" */
export type Step = (number: number) => Promise<string>

export interface Attack {
  name: string
  /** @returns its steps, with visitors and addresses of its own */
  begin(site: Site): Step
}

/** How often each kind of answer came. */
export type Tally = Record<string, number>

/** @param run.callers how many steps are under way at a time
 * @param run.isOver asked before each step */
export async function runAttack(
  step: Step,
  { callers, isOver }: { callers: number; isOver: (number: number) => boolean },
): Promise<Tally> {
  const tally: Tally = {}
  let next = 0
  const caller = async () => {
    for (let number = next++; !isOver(number); number = next++) {
      const kind = await step(number)
      tally[kind] = (tally[kind] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return tally
}

/** Where the calls of an attack come from, by their numbers. Each attack has addresses of its own. */
export interface Origin {
  name: string
  begin(): AddressOf
}

export type AddressOf = (number: number) => string

let attacks = 0
const hex = (number: number) => number.toString(16)

export const ONE_ADDRESS: Origin = {
  name: 'one address',
  begin: () => {
    const address = `203.0.113.${++attacks % 256}`
    return () => address
  },
}

export const ONE_NETWORK: Origin = {
  name: 'one IPv6 network of 48 bits',
  begin: () => {
    const network = `2001:db8:${hex(++attacks)}`
    return (number) => `${network}:${hex(number % 65_536)}::1`
  },
}

export const addresses = (count: number): Origin => ({
  name: 'many addresses',
  begin: () => {
    const second = 64 + (++attacks % 64)
    return (number) => `100.${second}.${((number % count) >> 8) % 256}.${(number % count) % 256}`
  },
})

/** A visitor of the attacker's. */
export interface Sham {
  address: string
  token: string
}

/** Visits from each address, one for a number of steps, so that no visitor's own budget is what ends the attack. */
export function shams(site: Site, { addressOf, each }: { addressOf: AddressOf; each: number }) {
  const known = new Map<number, Promise<Sham>>()
  const start = async (number: number): Promise<Sham> => {
    const address = addressOf(number)
    const { result } = await startVisit(site, number, address)
    return { address, token: result?.token ?? 'none' }
  }
  return (number: number): Promise<Sham> => {
    const index = Math.floor(number / each)
    const sham = known.get(index) ?? start(index)
    known.set(index, sham)
    return sham
  }
}

export const startVisit = (
  site: Site,
  number: number,
  address: string,
): Promise<Reply<{ __typename: string; token: string }>> =>
  mutate(nodeOf(site, number), {
    mutation: 'startVisit',
    input: { publicKey: site.publicKey },
    select: '... on Visit { token }',
    address,
  })

const midnight = () => Math.ceil(Date.now() / DAY_MS) * DAY_MS

/** @param days from the next midnight on */
export const daysFrom = (days: number, count: number) => ({
  from: new Date(midnight() + days * DAY_MS).toISOString(),
  to: new Date(midnight() + (days + count) * DAY_MS).toISOString(),
})

export const slotOf = (days: number, number: number) =>
  new Date(midnight() + days * DAY_MS + (number % SLOTS_OF_DAY) * HALF_AN_HOUR_MS).toISOString()
