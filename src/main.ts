// Starts the program: reads the configuration, opens the database, fills it at the first start, listens, and stops
// gracefully. Only this file reads the machine's clock.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from './app.ts'
import type { Config } from './config/config.ts'
import { readConfig } from './config/read-config.ts'
import { USAGE } from './config/usage.ts'
import { answers, openPglite, reachPostgres } from './database/open.ts'
import { requireResponding } from './database/responding-folder.ts'
import { openPersistedDocuments } from './server/documents/read-documents.ts'
import { createFaultLog, type FaultLog } from './server/fault-log.ts'
import { listen, type RunningServer, startServer } from './server/http-server.ts'
import { createOutageLog } from './server/outage-log.ts'
import { explainFailure } from './server/start-failure.ts'
import { describeStart } from './server/start-message.ts'
import { CALENDAR_REGISTRATIONS, type CalendarRegistrations } from './services/calendars/providers.ts'
import type { Clock } from './services/context.ts'
import { GUESTS } from './services/demo/activity.ts'
import { seedActivity } from './services/demo/seed-activity.ts'
import { seedDemo } from './services/demo/seed-demo.ts'
import { seedDialogues } from './services/demo/seed-dialogues.ts'
import { createLocalWakeUps } from './services/events/local-wake-ups.ts'
import { createFolderMailer } from './services/notifications/mail/folder-mailer.ts'
import { createSmtpMailer } from './services/notifications/mail/smtp-mailer.ts'
import type { Mailer } from './services/ports/mailer.ts'
import { Outage } from './services/ports/outage.ts'
import type { WakeUps } from './services/ports/wake-ups.ts'
import { createFirstWorkspace } from './services/workspaces/first-workspace.ts'

const clock = createClock()
const MAX_TIMER_MS = 2 ** 31 - 1
const print = (text: string) => process.stdout.write(`${text}\n`)
const logFault = createFaultLog({ clock, write: (line) => process.stderr.write(line) })

async function main(): Promise<void> {
  const [argument] = process.argv.slice(2)
  if (argument !== undefined) return explainUsage(argument)
  const config = readConfig({ calendars: CALENDAR_REGISTRATIONS })
  print('Switchboard is starting. The first start takes some seconds, to set up the database.')
  const documents = await openPersistedDocuments(config)
  const mailFolder = await mailFolderOf(config)
  const listener = await listen(config)
  const { app, log } = await openApp(config, { mailFolder, publicUrl: config.publicUrl ?? listener.url })
  try {
    await app.startHeartbeat()
    await fillEmptyDatabase(app, config)
    const server = startServer({ app, listener, config, documents, onFault: log })
    await app.startJobs()
    stopOnSignals(server)
    print(await describeStart(app.services, { config, url: server.url, mailFolder }))
    // Mail waits for its server, so that the program does not.
    app.services.mailer.check?.().catch((error: unknown) => logFault({ error }))
  } catch (error) {
    await app.stop()
    throw error
  }
}

/** The program takes no arguments but the one that asks for help. */
function explainUsage(argument: string): void {
  const isHelp = ['--help', '-h'].includes(argument)
  process.stdout.write(isHelp ? `${USAGE}\n` : '')
  process.stderr.write(isHelp ? '' : `There is no argument ${argument}.\n\n${USAGE}\n`)
  process.exitCode = isHelp ? 0 : 2
}

async function openApp(
  config: Config & { calendars: CalendarRegistrations },
  { mailFolder, publicUrl }: { mailFolder: string | null; publicUrl: string },
): Promise<{ app: App; log: FaultLog }> {
  const { databaseUrl, databaseConnections, dataFolder, mailFrom } = config
  const database =
    databaseUrl === null
      ? await openPglite({ folder: dataFolder })
      : await reachPostgres(databaseUrl, { connections: databaseConnections })
  const log = createOutageLog(logFault, { clock, isDatabaseBack: () => answers(database.client) })
  const app = await createApp({
    database,
    clock,
    mailer: createMailer(config, mailFolder),
    wakeUps: await createWakeUps(config),
    secretsKey: config.secretsKey,
    previousSecretsKeys: config.previousSecretsKeys,
    calendars: config.calendars,
    signIn: config.signIn,
    settings: {
      publicUrl,
      mailFrom,
      pausesMails: true,
      budgets: config.budgets,
      holds: config.holds,
      maxUnconfirmedMeetings: config.maxUnconfirmedMeetings,
      retention: config.retention,
    },
    onError: (error) => log({ error }),
  })
  return { app, log }
}

/** The folder that mails are written to; null if an SMTP server sends them. */
async function mailFolderOf({ smtpUrl, dataFolder, databaseUrl }: Config): Promise<string | null> {
  if (smtpUrl !== null) return null
  // The embedded database looks itself.
  if (dataFolder !== null && databaseUrl !== null) await requireResponding(dataFolder)
  return dataFolder === null ? mkdtemp(join(tmpdir(), 'switchboard-mail-')) : join(dataFolder, 'mail')
}

async function createWakeUps({ redisUrl }: Config): Promise<WakeUps> {
  if (redisUrl === null) return createLocalWakeUps()
  // Its client is large, and loading it would delay the start of those who have no Redis.
  const { createRedisWakeUps } = await import('./services/events/redis-wake-ups.ts')
  return createRedisWakeUps({ url: redisUrl, onError: (error) => logFault({ error }) })
}

function createMailer({ smtpUrl }: Config, folder: string | null): Mailer {
  return smtpUrl === null
    ? createFolderMailer({ folder: folder ?? tmpdir() })
    : createSmtpMailer({ url: smtpUrl })
}

async function fillEmptyDatabase(
  { services }: App,
  { signIn, adminEmail, demoActivity }: Config,
): Promise<void> {
  if (signIn.mode === 'DEMO') {
    await seedDemo(services, { guests: demoActivity ? GUESTS : [] })
    await seedDialogues(services)
    if (demoActivity) await seedActivity(services)
  } else if (adminEmail !== null) await createFirstWorkspace(services, adminEmail)
}

/** The first signal stops gracefully, within a time whatever hangs, a second one at once. */
function stopOnSignals(server: RunningServer): void {
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1)
    stopping = true
    print('Switchboard is stopping and finishes running requests. A second signal stops it at once.')
    setTimeout(() => {
      logFault({
        error: new Outage('The stop took too long. What was under way is done again elsewhere or later.'),
      })
      process.exit(1)
    }, server.stopsWithinMs)
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logFault({ error })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** The clock of this machine, corrected by the database's (services/presence/heartbeat.ts). */
function createClock(): Clock {
  let offsetMs = 0
  const now = () => new Date(Date.now() + offsetMs)
  const at: Clock['at'] = (instant, action) => {
    const left = instant.getTime() - now().getTime()
    let cancel = () => clearTimeout(timer)
    const onTimer = () => {
      if (left > MAX_TIMER_MS) cancel = at(instant, action)
      else action()
    }
    // A longer timeout would overflow and fire at once, so a distant instant takes several timers.
    const timer = setTimeout(onTimer, Math.min(Math.max(left, 0), MAX_TIMER_MS)).unref()
    return () => cancel()
  }
  const correct = (byMs: number) => {
    offsetMs += byMs
  }
  return { now, at, correct }
}

main().catch((error: unknown) => {
  const { message, exitCode } = explainFailure(error)
  process.stderr.write(`${message}\n`)
  process.exit(exitCode)
})
