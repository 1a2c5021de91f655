// The set-up of tests of pushed chat offers: an application that runs the jobs that push, a push service that decrypts
// messages, and chats that are offered to an agent.
import { beforeEach, expect } from 'vitest'
import type { OfferState } from '../../../src/database/generated/client/enums.ts'
import type { JobHandlers } from '../../../src/database/job-queue.ts'
import { JOB_NAMES, type Jobs } from '../../../src/services/jobs.ts'
import {
  pushChatOffer,
  pushSettledChatOffer,
  sendChatPush,
} from '../../../src/services/notifications/push/send-chat-push.ts'
import { runTransaction } from '../../../src/services/transaction.ts'
import { type PushService, type Subscription, startPushService } from '../../emulators/push-service.ts'
import type { Staff, TestWorkspace } from '../../kit/actors.ts'
import { startApp, type TestApp } from '../../kit/app.ts'
import { eventually } from '../../kit/eventually.ts'
import { retryAtOnce } from '../../kit/jobs.ts'
import { mutate } from '../../kit/mutate.ts'
import { anAgent, useScene } from '../../kit/scene.ts'

export const OFFER_MS = 100_000

export interface Offer {
  id: string
  conversationId: string
}

type ChatPushJobName = 'chat-push' | 'chat-push-settled'

/** Runs the jobs that push, and no others, because the tests set the states of offers themselves. */
async function workOffPushes({ app }: TestApp): Promise<void> {
  const { services } = app
  const others = Object.fromEntries(JOB_NAMES.map((name) => [name, async () => {}]))
  await services.jobs.work({
    ...(others as unknown as JobHandlers<Jobs>),
    'chat-push': (job) => pushChatOffer(services, job),
    'chat-push-settled': (job) => pushSettledChatOffer(services, job),
    'chat-push-browser': (job) => sendChatPush(services, job),
  })
}

interface PushApp extends TestApp {
  pushService: PushService
}

async function startWithPushService(): Promise<PushApp> {
  const app = await startApp()
  await workOffPushes(app)
  await retryAtOnce(app.app.services.database)
  const pushService = await startPushService()
  const stop = async () => {
    await app.stop()
    await pushService.close()
  }
  return { ...app, pushService, stop }
}

/** An agent, Ada, whose browsers get messages from a push service, for each test of a file. */
export function usePushScene(): PushScene {
  const { app, acme, ada } = useScene({ ada: anAgent }, { start: startWithPushService })
  beforeEach(() => {
    app.pushService.received.length = 0
    app.pushService.attempts.length = 0
  })
  return new PushScene(app, { acme, ada })
}

class PushScene {
  readonly app: PushApp
  readonly acme: TestWorkspace
  readonly ada: Staff
  #visitors = 0

  constructor(app: PushApp, { acme, ada }: { acme: TestWorkspace; ada: Staff }) {
    this.app = app
    this.acme = acme
    this.ada = ada
  }

  get service() {
    return this.app.pushService
  }

  get database() {
    return this.app.app.services.database
  }

  /** Registers a browser of an agent through the API.
   * @param known default: a new browser */
  async register(agent = this.ada, known?: Subscription): Promise<Subscription> {
    const subscription = known ?? this.service.subscribe(this.app.app.services.push.publicKey)
    const call = { mutation: 'registerPushSubscription', input: subscription, token: agent.token, select: '' }
    expect(await mutate(this.app, call)).toEqual({ __typename: 'PushSubscription' })
    return subscription
  }

  /** A chat with messages of the bot and then the visitor, offered to the agent. */
  async createOffer(texts = ['Hello there'], person: object = { firstName: 'Grace' }): Promise<Offer> {
    const { workspaceId } = this.acme
    const now = this.app.clock.now()
    const conversationId = await this.#createConversation({ workspaceId, now, person })
    const said = texts.map((text) => ({ author: 'VISITOR' as const, text }))
    await this.database.message.createMany({
      data: [{ author: 'BOT' as const, text: 'Hi!' }, ...said].map((message, index) => ({
        ...message,
        workspaceId,
        conversationId,
        seq: index + 1,
        sentAt: now,
      })),
    })
    const { agentId } = this.ada
    const expiresAt = new Date(now.getTime() + OFFER_MS)
    const seat = (await this.database.chatOffer.count({ where: { agentId } })) + 1
    return this.database.chatOffer.create({
      data: {
        workspaceId,
        conversationId,
        agentId,
        attempt: 1,
        offeredAt: now,
        expiresAt,
        seat,
        capacity: 5,
      },
    })
  }

  async #createConversation({
    workspaceId,
    now,
    person,
  }: {
    workspaceId: string
    now: Date
    person: object
  }) {
    const { id: personId } = await this.database.person.create({
      data: { workspaceId, createdAt: now, ...person },
    })
    const tokenHash = Buffer.from(`visitor ${++this.#visitors}`.padEnd(32))
    const { id: visitorId } = await this.database.visitor.create({
      data: { workspaceId, personId, tokenHash, createdAt: now, expiresAt: new Date('2030-01-01') },
    })
    const { id } = await this.database.conversation.create({
      data: {
        workspaceId,
        personId,
        visitorId,
        state: 'OFFERED',
        target: { roundRobin: true },
        requestedAt: now,
        lastMessageAt: now,
        lastActiveAt: now,
      },
    })
    return id
  }

  async settle({ id }: Offer, state: OfferState): Promise<void> {
    const seat = state === 'ACCEPTED' ? undefined : null
    const settledAt = this.app.clock.now()
    await this.database.chatOffer.update({ where: { id }, data: { state, seat, settledAt } })
  }

  async enlist(name: ChatPushJobName, { id }: Offer): Promise<void> {
    const { services } = this.app.app
    await runTransaction(services, (tx) => services.jobs.enlist(tx, name, [{ offerId: id }]))
  }

  /** Waits until all jobs are done. */
  async untilIdle(): Promise<void> {
    await eventually(async () => {
      const left = await this.database.$queryRaw<unknown[]>`
        SELECT name FROM pgboss.job WHERE name LIKE 'chat-push%' AND state <> 'completed'`
      expect(left).toEqual([])
    })
  }

  /** Enlists the job, and waits until it and the jobs that it dispatched are done. */
  async run(name: ChatPushJobName, offer: Offer): Promise<void> {
    await this.enlist(name, offer)
    await this.untilIdle()
  }

  /** The endpoints of the accepted messages, in alphabetical order. */
  endpoints(): string[] {
    return this.service.received.map(({ endpoint }) => endpoint).sort()
  }
}

/** The content of a message as the browser reads it. */
export const read = (push: { text: string } | undefined) => JSON.parse(push?.text ?? 'null')
