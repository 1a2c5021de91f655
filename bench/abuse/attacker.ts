// The attacker, in a process of its own.
import { setTimeout as pause } from 'node:timers/promises'
import { addresses, ONE_ADDRESS, ONE_NETWORK, runAttack, type Tally } from '../../test/kit/abuse/attacker.ts'
import { bookings, documents, holds, slotWatches, unreadPings } from '../../test/kit/abuse/attacks.ts'
import { flood } from '../../test/kit/abuse/flood.ts'
import type { Site } from '../../test/kit/abuse/site.ts'
import { answerParent } from '../fanout/child.ts'

/** How many steps are under way at a time. */
const CALLERS = 20

/** With the steps that each makes a second; 0: as many as 20 callers can. */
const ATTACKS = [
  { attack: unreadPings, perSecond: 0 },
  { attack: slotWatches, perSecond: 50 },
  { attack: documents, perSecond: 50 },
  { attack: bookings, perSecond: 20 },
  { attack: holds(ONE_ADDRESS, { days: 3 }), perSecond: 50 },
  { attack: holds(addresses(1000), { days: 1 }), perSecond: 50 },
  { attack: flood(ONE_ADDRESS), perSecond: 50 },
  { attack: flood(ONE_NETWORK), perSecond: 50 },
  { attack: flood(addresses(1000)), perSecond: 50 },
]

let isOver = true
let attacking: Promise<Tally>

function start({ site, index }: { site: Site; index: number }): void {
  const { attack, perSecond } = ATTACKS[index] as (typeof ATTACKS)[number]
  const step = attack.begin(site)
  const begin = performance.now()
  const inTime = async (number: number) => {
    const early = perSecond === 0 ? 0 : (number * 1000) / perSecond - (performance.now() - begin)
    if (early > 0) await pause(early)
    return step(number)
  }
  isOver = false
  attacking = runAttack(inTime, { callers: CALLERS, isOver: () => isOver })
}

function stop(): Promise<Tally> {
  isOver = true
  return attacking
}

if (process.send) {
  await answerParent({ names: () => ATTACKS.map(({ attack }) => attack.name), start, stop })
  process.exit()
}
