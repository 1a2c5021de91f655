// Who counts as one client, and whether the budgets of a call allow it.

const GROUPS = 8
/** What one customer of a provider gets for a device or a home, and what a site gets, in groups of 16 bits. */
const GROUPS_OF_SUBNET = 4
const GROUPS_OF_SITE = 3

/** The networks that an address counts for. */
export interface ClientNetworks {
  /** An IPv4 address, or the first 64 bits of an IPv6 address, within which a device may choose any. */
  address: string
  /** The first 48 bits of an IPv6 address; null for IPv4. */
  network: string | null
}

/** @param address a valid address, in any spelling */
export function networksOf(address: string): ClientNetworks {
  if (!address.includes(':')) return { address, network: null }
  const groups = groupsOf(address)
  const [high = 0, low = 0] = groups.slice(-2)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return { address: [high >> 8, high & 255, low >> 8, low & 255].join('.'), network: null }
  const prefix = (length: number) =>
    `${groups
      .slice(0, length)
      .map((group) => group.toString(16))
      .join(':')}::/${length * 16}`
  return { address: prefix(GROUPS_OF_SUBNET), network: prefix(GROUPS_OF_SITE) }
}

/** @returns the eight groups of an IPv6 address */
function groupsOf(address: string): number[] {
  const [plain = ''] = address.split('%')
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain)
  const [, start = '', a = 0, b = 0, c = 0, d = 0] = dotted ?? []
  const pair = (high: string | number, low: string | number) =>
    (Number(high) * 256 + Number(low)).toString(16)
  const hexadecimal = dotted ? `${start}${pair(a, b)}:${pair(c, d)}` : plain
  const [head = [], tail = []] = hexadecimal
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''))
  const missing = GROUPS - head.length - tail.length
  const zeros = Array.from({ length: Math.max(0, missing) }, () => '0')
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16))
}

/** One use of a budget. */
export interface Use {
  key: string
  limit: number
  windowMs: number
  /** Whose budget it is: the caller's own, the recipient's of its mails, or that of a whole workspace. */
  of: 'CALLER' | 'RECIPIENT' | 'WORKSPACE'
}

/** A caller who has used more than this part of a budget of its own is above its fair share of the workspace's. */
const FAIR_SHARE = 1 / 4

/** @param counted when each budget that allowed the call is whole again, by its key. Those of the recipient and the
 *   workspace were tried only if the caller's own allowed the call
 * @returns the budgets that refuse the call; none: it is allowed */
export function refusingUses<Given extends Use>(
  uses: Given[],
  { counted, now }: { counted: ReadonlyMap<string, Date>; now: Date },
): Given[] {
  const exhausted = uses.filter(({ key }) => !counted.has(key))
  const own = uses.filter(({ of }) => of === 'CALLER')
  const ofCaller = exhausted.filter(({ of }) => of === 'CALLER')
  if (ofCaller.length > 0) return ofCaller
  const usedMs = ({ key }: Use) => (counted.get(key)?.getTime() ?? 0) - now.getTime()
  const isWithinShare = (use: Use) =>
    usedMs(use) <= Math.max(use.windowMs / use.limit, use.windowMs * FAIR_SHARE)
  const isSpared = own.length > 0 && own.every(isWithinShare)
  return exhausted.filter(({ of }) => of === 'RECIPIENT' || !isSpared)
}
