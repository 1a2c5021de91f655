// Creates the services and passes them on. main.ts and the tests build the application with it; nothing in the
// application is global.
import { randomUUID } from 'node:crypto'
import type { SignIn } from './config/config.ts'
import { type JobHandlers, openJobQueue } from './database/job-queue.ts'
import { migrate } from './database/migrate.ts'
import { answers, type OpenDatabase, type Transaction } from './database/open.ts'
import { settleMeetings } from './services/agents/settle-meetings.ts'
import { removeValues } from './services/attributes/remove-values.ts'
import { sendConfirmationMail } from './services/booking/confirmation/send-confirmation-mail.ts'
import { moveInvitations } from './services/booking/mails/move-invitations.ts'
import { sendMeetingMail } from './services/booking/mails/send-meeting-mail.ts'
import { applyRemoteChange } from './services/booking/meetings/apply-remote-change.ts'
import { moveHolds } from './services/booking/reservations/move-holds.ts'
import { FairTurns } from './services/booking/slots/fair-turns.ts'
import { SlotFeed } from './services/booking/slots/slot-feed.ts'
import { endExpiredAttempts } from './services/calendars/connection/revoke-grant.ts'
import { type CalendarRegistrations, createCalendarProviders } from './services/calendars/providers.ts'
import { startCalendarWorker } from './services/calendars/worker/calendar-worker.ts'
import { moveChatDeadlines, publishMovedDeadlines } from './services/chat/move-deadlines.ts'
import { startChatSweep } from './services/chat/sweep.ts'
import type { Clock, Services, Settings } from './services/context.ts'
import { startDialogueSweep } from './services/dialogues/running/sweep.ts'
import { EventHub } from './services/events/event-hub.ts'
import { authenticate, type Credentials, type Session } from './services/identity/authenticate.ts'
import { installationKey } from './services/identity/installation-key.ts'
import { createOidcVerifier } from './services/identity/oidc-verifier.ts'
import { createSecretBox } from './services/identity/secret-box.ts'
import { recordSignInMode } from './services/identity/sign-in-mode.ts'
import { createSigner } from './services/identity/signer.ts'
import { createKeyStore } from './services/identity/stored-keys.ts'
import { JOB_GROUPS, JOB_NAMES, JOB_SCHEDULES, type Jobs } from './services/jobs.ts'
import { sendCalendarMail } from './services/notifications/mail/send-calendar-mail.ts'
import { sendRemovalMail } from './services/notifications/mail/send-removal-mail.ts'
import { sendChatNotice } from './services/notifications/push/chat-notice.ts'
import {
  pushChatOffer,
  pushSettledChatOffer,
  sendChatPush,
} from './services/notifications/push/send-chat-push.ts'
import { vapidKeys } from './services/notifications/push/vapid-keys.ts'
import { createWebPushSender } from './services/notifications/push/web-push-sender.ts'
import type { Mailer } from './services/ports/mailer.ts'
import type { PushSender } from './services/ports/push-sender.ts'
import type { WakeUps } from './services/ports/wake-ups.ts'
import { consoleLeases } from './services/presence/console-leases.ts'
import { Heartbeat, type Pause } from './services/presence/heartbeat.ts'
import { Leases, type PresenceKind } from './services/presence/leases.ts'
import { protectLeases, protectLeasesOf } from './services/presence/protect-leases.ts'
import { visitorLeases } from './services/presence/visitor-leases.ts'
import { sweep } from './services/privacy/sweep/sweep.ts'
import { tidy } from './services/tidy.ts'

export interface AppOptions {
  database: OpenDatabase
  clock: Clock
  mailer: Mailer
  wakeUps: WakeUps
  /** null: the key that is kept in the database. */
  secretsKey: Uint8Array | null
  /** Earlier keys, which still open what they sealed and verify what they signed; left out: none. */
  previousSecretsKeys?: Uint8Array[]
  /** Where this installation is registered; left out: nowhere. */
  calendars?: CalendarRegistrations
  signIn: SignIn
  settings: Settings
  /** Receives errors outside of requests, such as a failed attempt of a job. */
  onError(error: unknown): void
}

/** The parts that the subscriptions of this node share. */
export interface LiveParts {
  events: EventHub
  leases: Record<PresenceKind, Leases>
  /** Started by `startHeartbeat`; without it nothing waits for it. */
  heartbeat: Heartbeat
  slotFeed: SlotFeed
}

export interface App {
  services: Services
  live: LiveParts
  signIn: SignIn
  /** @throws UnauthenticatedError, or see `authenticate` */
  authenticate(credentials: Credentials): Promise<Session>
  /** Says from now on that this node is alive. To be called before anything is served. */
  startHeartbeat(): Promise<void>
  /** Starts to run jobs, and the sweeps for due work, on this node. */
  startJobs(): Promise<void>
  /** Whether the database answers. */
  isReady(): Promise<boolean>
  /** The node begins to stop: no more jobs and sweeps begin. What is under way is aborted after some time.
   * @param options.abortAfterMs left out: 7 seconds */
  beginStop(options?: { abortAfterMs?: number }): void
  /** Finishes or aborts what is under way, stops the live parts, and closes the mailer and the database. */
  stop(): Promise<void>
}

/** Leaves aborted work a moment to record that it is to be done again, before a stop of 10 seconds is over. */
const ABORT_AFTER_MS = 7000

/** Migrates the database and builds the application on it. */
export async function createApp(options: AppOptions): Promise<App> {
  const { database, clock, signIn } = options
  await migrate(database)
  await recordSignInMode(database.client, { mode: signIn.mode, now: clock.now() })
  const stopping = new AbortController()
  const services = await createServices(options, stopping.signal)
  const live = createLiveParts(services)
  const oidc = signIn.mode === 'OIDC' ? createVerifier(services, signIn) : null
  let stopWatching = async () => {}
  const endWork = createEnding(stopping, () => Promise.all([stopWatching(), services.jobs.finish()]))
  return {
    services,
    live,
    signIn,
    authenticate: async (credentials) => {
      await live.heartbeat.ready()
      return authenticate({ ...services, oidc }, credentials)
    },
    startHeartbeat: () => live.heartbeat.start(),
    startJobs: async () => {
      await services.jobs.work(jobHandlers(services))
      const stops = [
        startChatSweep(services, () => live.heartbeat.isAlive()),
        startDialogueSweep(services, () => live.heartbeat.isAlive()),
        startCalendarWorker({ ...services, applyRemoteChange }),
      ]
      stopWatching = async () => void (await Promise.all(stops.map((stop) => stop())))
    },
    isReady: () => answers(database.client),
    beginStop: (options) => void endWork(options).work.catch(services.onError),
    stop: async () => {
      const { work, timer } = endWork()
      await work
      live.events.close()
      for (const leases of Object.values(live.leases)) await leases.stop()
      await live.heartbeat.stop()
      await services.wakeUps.close()
      await services.jobs.stop()
      await services.mailer.close?.()
      await database.close()
      clearTimeout(timer)
    },
  }
}

function createVerifier({ database, clock, onError }: Services, signIn: SignIn & { mode: 'OIDC' }) {
  const store = createKeyStore({ database, issuer: signIn.issuer, onError })
  return createOidcVerifier({ ...signIn, now: () => clock.now(), store })
}

/** @returns ends what is under way, once: it finishes, or is aborted after some time */
function createEnding(stopping: AbortController, finish: () => Promise<unknown>) {
  let ending: { work: Promise<unknown>; timer: NodeJS.Timeout } | null = null
  return ({ abortAfterMs = ABORT_AFTER_MS } = {}) => {
    ending ??= {
      work: finish(),
      timer: setTimeout(() => stopping.abort(new Error('This node stops.')), abortAfterMs),
    }
    return ending
  }
}

const jobHandlers = (services: Services): JobHandlers<Jobs> => ({
  'meeting-mail': (job, signal) => sendMeetingMail(services, job, signal),
  'confirmation-mail': (job, signal) => sendConfirmationMail(services, job, signal),
  'calendar-mail': (job, signal) => sendCalendarMail(services, job, signal),
  'attendee-address': (job) => moveInvitations(services, job),
  'removed-agent': (job) => settleMeetings(services, job),
  'removal-mail': (job, signal) => sendRemovalMail(services, job, signal),
  'deleted-attribute': (job) => removeValues(services, job),
  'chat-push': (job) => pushChatOffer(services, job),
  'chat-push-settled': (job) => pushSettledChatOffer(services, job),
  'chat-push-browser': (job, signal) => sendChatPush(services, job, signal),
  'chat-notice': (job, signal) => sendChatNotice(services, job, signal),
  tidy: async (_job, signal) => {
    await tidy(services)
    await endExpiredAttempts(services)
    await sweep(services, { signal })
  },
})

async function createServices(options: AppOptions, stopSignal: AbortSignal): Promise<Services> {
  const { database, clock, wakeUps, mailer, settings, onError } = options
  const { client } = database
  const storedKey = await installationKey(client, clock.now())
  const { secretsKey = null, previousSecretsKeys = [] } = options
  const key = secretsKey ?? storedKey
  return {
    nodeId: randomUUID(),
    database: client,
    clock,
    jobs: await openJobQueue<Jobs>(database, {
      names: JOB_NAMES,
      schedules: JOB_SCHEDULES,
      groups: JOB_GROUPS,
      onError,
      stopSignal,
    }),
    calendars: createCalendarProviders(options.calendars),
    mailer,
    push: await createPush(options),
    signer: createSigner([key, ...previousSecretsKeys]),
    // What was sealed before SECRETS_KEY was set can still be opened. Signatures with the stored key end with it:
    // whoever reads the database could make them.
    secrets: createSecretBox([key, ...previousSecretsKeys, storedKey]),
    wakeUps,
    settings,
    stopSignal,
    onError,
  }
}

function createLiveParts({ nodeId, database, clock, wakeUps, onError }: Services): LiveParts {
  const events = new EventHub({ database, wakeUps, onError })
  const node = { nodeId, database, clock, onError }
  return {
    events,
    leases: {
      CONSOLE: new Leases({ ...node, table: consoleLeases }),
      VISITOR_CHAT: new Leases({ ...node, table: visitorLeases }),
    },
    heartbeat: new Heartbeat({
      ...node,
      wakeUps,
      resume,
      protectOwnLeases: (pause) => protectLeasesOf(database, { nodeId, ...pause }),
    }),
    slotFeed: new SlotFeed({ database, clock, events, turns: new FairTurns() }),
  }
}

/** Moves on what was running when a pause of all nodes began. */
async function resume(tx: Transaction, pause: Pause): Promise<void> {
  const moved = await moveChatDeadlines(tx, pause)
  await moveHolds(tx, pause)
  await protectLeases(tx, pause)
  await publishMovedDeadlines(tx, moved, pause.endedAt)
}

async function createPush({ database, clock, signIn, settings }: AppOptions): Promise<PushSender> {
  return createWebPushSender({
    keys: await vapidKeys(database.client, clock.now()),
    // What push services take: those of a demo are on this machine.
    contact: /^https:/.test(settings.publicUrl) ? settings.publicUrl : `mailto:${settings.mailFrom}`,
    rules: { loopback: signIn.mode === 'DEMO' },
  })
}
