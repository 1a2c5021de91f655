// A server that takes its time over a mail, as one does that looks for viruses. The mail is on its way all the while, so
// nobody else may send it.
import { PgBoss } from 'pg-boss'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createSmtpMailer } from '../../../src/services/notifications/mail/smtp-mailer.ts'
import { createTestWorkspace } from '../../kit/actors.ts'
import { startAppForTest, type TestApp } from '../../kit/app.ts'
import { book, createBookableAgent, createVisitor } from '../../kit/booking.ts'
import { startSmtpSink } from './smtp-sink.ts'

const DEADLINE_MS = 60_000
const until = (condition: () => Promise<void>) =>
  vi.waitFor(condition, { timeout: DEADLINE_MS, interval: 100 })

interface MailJob {
  state: string
  heartbeats: boolean
}

function readJobs({ app }: TestApp): Promise<MailJob[]> {
  return app.services.database.$queryRaw<MailJob[]>`
    SELECT state::text, coalesce(heartbeat_on > started_on, false) AS heartbeats
    FROM pgboss.job WHERE name = 'meeting-mail'`
}

/** When the queue looked for abandoned jobs, in its own words. */
async function lastSupervision({ app }: TestApp): Promise<string> {
  const [queue] = await app.services.database.$queryRaw<{ at: string }[]>`
    SELECT coalesce(monitor_on::text, '') AS at FROM pgboss.queue WHERE name = 'meeting-mail'`
  return queue?.at ?? ''
}

/** Another node that looks for abandoned jobs, which it may once a second. */
async function startSupervisor({ database, faults }: TestApp): Promise<PgBoss> {
  const boss = new PgBoss({
    ...{ ...database.jobQueueConnection, supervise: false, schedule: false },
    monitorIntervalSeconds: 1,
  })
  boss.on('error', (error) => void faults.push(error))
  onTestFinished(() => boss.stop())
  return boss.start()
}

async function supervise(testApp: TestApp, supervisor: PgBoss): Promise<void> {
  const last = await lastSupervision(testApp)
  await until(async () => {
    await supervisor.supervise('meeting-mail')
    expect(await lastSupervision(testApp)).not.toBe(last)
  })
}

const statesOf = async (testApp: TestApp) => (await readJobs(testApp)).map(({ state }) => state).sort()

/** An application that sends its mail to a slow server, and has a mail to the agent and one to the visitor to send.
 * @param slowMails how many mails wait for their answers
 * @returns `answer` lets the server answer them */
async function bookWithSlowServer(slowMails: number) {
  const sink = await startSmtpSink()
  onTestFinished(() => sink.close())
  const testApp = await startAppForTest()
  testApp.app.services.mailer = createSmtpMailer({ url: sink.url })
  const acme = await createTestWorkspace(testApp)
  const ada = await createBookableAgent(testApp, acme)
  const token = await createVisitor(testApp, acme)
  await book(testApp, { token, input: { target: { agentId: ada.id }, startsAt: '2026-03-03T09:00:00Z' } })
  const answer = sink.holdAnswers(slowMails)
  await testApp.app.startJobs()
  const expectEachMailOnce = async () => {
    await until(async () => expect(await statesOf(testApp)).toEqual(['completed', 'completed']))
    expect(sink.received.map(({ to }) => to).sort()).toEqual([[ada.email], ['grace@navy.example']].sort())
    expect(testApp.faults).toEqual([])
  }
  return { testApp, answer, expectEachMailOnce }
}

it(
  'gets a mail once, however long it takes to answer',
  async () => {
    const { testApp, answer, expectEachMailOnce } = await bookWithSlowServer(2)
    // The node says that it still lives …
    await until(async () => {
      const running = { state: 'active', heartbeats: true }
      expect(await readJobs(testApp)).toEqual([running, running])
    })
    // … so that nobody takes its jobs away, though they have been running for ten minutes.
    await testApp.app.services.database
      .$executeRaw`UPDATE pgboss.job SET started_on = started_on - interval '10 minutes' WHERE name = 'meeting-mail'`
    const supervisor = await startSupervisor(testApp)
    await supervise(testApp, supervisor)
    await supervise(testApp, supervisor)
    answer()
    await expectEachMailOnce()
  },
  3 * DEADLINE_MS,
)

it(
  'does not keep those mails open that it has answered',
  async () => {
    const { testApp, answer, expectEachMailOnce } = await bookWithSlowServer(1)
    await until(async () => expect(await statesOf(testApp)).toEqual(['active', 'completed']))
    answer()
    await expectEachMailOnce()
  },
  2 * DEADLINE_MS,
)
