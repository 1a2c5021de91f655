// Nodes stop, are replaced or stand still, or the database or Redis is away, while chats wait and run and people write.
// Everybody who comes back finds everything as it was. OUTAGES=all runs each outage by itself, at the size and for the
// time that production must withstand, with the pauses of the documented recipe; otherwise there are few, short ones.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, type TestContext } from 'vitest'
import { eventually } from '../kit/eventually.ts'
import { DOCUMENTED_PAUSES } from '../kit/returning-client.ts'
import {
  type Installation,
  startSingleNode,
  startTwoNodes,
  startTwoNodesWithClocks,
  startTwoNodesWithRedis,
  type TwoNodes,
} from './outage-nodes.ts'
import {
  expectToGoOn,
  expectUnchanged,
  type OutageScene,
  type OutageSettings,
  sendFromAll,
  startScene,
} from './outage-scene.ts'

const IS_COMPLETE = process.env.OUTAGES === 'all'
const SETTINGS: OutageSettings = IS_COMPLETE
  ? {
      chats: 20,
      pauses: DOCUMENTED_PAUSES,
      // Without the outage's extension, offers and idle chats would end in the longest one.
      liveChatSettings: { offerTimeoutSeconds: 100, idleTimeoutMinutes: 2 },
      // A lease and the time after it.
      watchMs: 20_000,
    }
  : { chats: 4, liveChatSettings: { offerTimeoutSeconds: 300, idleTimeoutMinutes: 10 }, watchMs: 0 }
/** More than the 5 seconds of a pause. */
const SHORT_SECONDS = 6
const CLOCK_AHEAD_SECONDS = 12
const DEADLINE_MS = 600_000

type OnFinished = TestContext['onTestFinished']

interface Scenario<Installed extends Installation> {
  title: string
  install(onFinished: OnFinished): Promise<Installed>
  /** One after the other. */
  outages: ((installation: Installed, scene: OutageScene) => Promise<unknown>)[]
}

const scenario = <Installed extends Installation>(each: Scenario<Installed>) => ({
  title: each.title,
  run: (onFinished: OnFinished) => run(each, onFinished),
})

async function run<Installed extends Installation>(
  { title, install, outages }: Scenario<Installed>,
  onFinished: OnFinished,
): Promise<void> {
  const installation = await install(onFinished)
  const scene = await startScene(installation, SETTINGS, onFinished)
  for (const [number, outage] of outages.entries()) {
    await Promise.all([outage(installation, scene), sendFromAll(scene, `Meanwhile ${number}`)])
    await expectUnchanged(scene, title)
  }
  await expectToGoOn(scene)
}

async function restartSingleNode({ nodes, restart }: Installation, seconds: number): Promise<void> {
  await nodes[0]?.stop()
  await delay(seconds * 1000)
  await restart(0)
}

async function takeDatabaseAway({ proxy }: TwoNodes, seconds: number): Promise<void> {
  proxy.close()
  await delay(seconds * 1000)
  proxy.open()
}

async function freezeOne({ nodes: [, other] }: TwoNodes, seconds: number): Promise<void> {
  other.freeze()
  await delay(seconds * 1000)
  other.thaw()
}

async function replaceBoth({ nodes, restart }: TwoNodes): Promise<void> {
  for (const number of nodes.keys()) {
    await nodes[number]?.stop()
    await restart(number)
  }
}

async function killBoth({ nodes, restart }: TwoNodes, seconds: number): Promise<void> {
  await Promise.all(nodes.map((node) => node.kill()))
  await delay(seconds * 1000)
  await Promise.all([...nodes.keys()].map(restart))
}

const single = (seconds: number) =>
  scenario({
    title: 'a single node that is stopped and started again loses no chat',
    install: startSingleNode,
    outages: [(installation) => restartSingleNode(installation, seconds)],
  })

const IN_CI = [
  single(SHORT_SECONDS),
  scenario({
    title:
      'two nodes lose no chat when their database is away, one stands still, and they are replaced one after the other',
    install: startTwoNodes,
    outages: [
      (nodes) => takeDatabaseAway(nodes, SHORT_SECONDS),
      (nodes) => freezeOne(nodes, SHORT_SECONDS),
      replaceBoth,
    ],
  }),
]

const ALL = [
  single(45),
  scenario({
    title: 'two nodes that are replaced one after the other lose no chat',
    install: startTwoNodes,
    outages: [replaceBoth],
  }),
  ...[5, 40, 120].map((seconds) =>
    scenario({
      title: `two nodes whose database is away for ${seconds} s lose no chat`,
      install: startTwoNodes,
      outages: [(nodes) => takeDatabaseAway(nodes, seconds)],
    }),
  ),
  scenario({
    title: 'two nodes that are both down for 45 s lose no chat',
    install: startTwoNodes,
    outages: [(nodes) => killBoth(nodes, 45)],
  }),
  scenario({
    title: 'two nodes whose Redis is away for 45 s lose no chat, and messages arrive meanwhile',
    install: startTwoNodesWithRedis,
    outages: [
      async ({ redis }, scene) => {
        await redis.kill()
        await sendFromAll(scene, 'Without Redis')
        await expectUnchanged(scene)
        await delay(45_000)
        await redis.start()
        await eventually(async () => expect(await redis.countListeners()).toBe(2))
      },
    ],
  }),
  scenario({
    title: 'two nodes of which one stands still for 20 s lose no chat',
    install: startTwoNodes,
    outages: [(nodes) => freezeOne(nodes, 20)],
  }),
  scenario({
    title: `two nodes whose clocks differ by ${CLOCK_AHEAD_SECONDS} s lose no chat`,
    install: (onFinished) => startTwoNodesWithClocks(onFinished, CLOCK_AHEAD_SECONDS * 1000),
    outages: [
      async ({ nodes: [one, other] }) => {
        expect(one.errors()).not.toContain('The clock of this machine')
        expect(other.errors()).toMatch(/The clock of this machine is 1[12]\.\d s ahead of the database's/)
        await delay(30_000)
      },
    ],
  }),
]

// In CI they run at the same time, because they mostly wait.
const test = IS_COMPLETE ? it : it.concurrent
for (const { title, run } of IS_COMPLETE ? ALL : IN_CI) {
  test(title, ({ onTestFinished }) => run(onTestFinished), DEADLINE_MS)
}
