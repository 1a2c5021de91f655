// An SMTP server that answers slowly, for example because it scans for viruses. While it has a mail, no other job may send
// that mail.
import { PgBoss } from 'pg-boss'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createSmtpMailer } from '../../../src/services/notifications/mail/smtp-mailer.ts'
import { book } from '../../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../../kit/scene.ts'
import { NINE, slotAt } from '../../kit/times.ts'
import { startSmtpSink } from './smtp-sink.ts'

const DEADLINE_MS = 60_000
const until = (condition: () => Promise<void>) =>
  vi.waitFor(condition, { timeout: DEADLINE_MS, interval: 100 })

const { app, ada, visitor } = useScene({ ada: bookable(), visitor: aVisitor }, { appPerTest: true })

interface MailJob {
  state: string
  heartbeats: boolean
}

function readJobs(): Promise<MailJob[]> {
  return app.app.services.database.$queryRaw<MailJob[]>`
    SELECT state::text, coalesce(heartbeat_on > started_on, false) AS heartbeats
    FROM pgboss.job WHERE name = 'meeting-mail'`
}

/** When the queue last looked for abandoned jobs. */
async function lastSupervision(): Promise<string> {
  const [queue] = await app.app.services.database.$queryRaw<{ at: string }[]>`
    SELECT coalesce(monitor_on::text, '') AS at FROM pgboss.queue WHERE name = 'meeting-mail'`
  return queue?.at ?? ''
}

/** Another node that looks for abandoned jobs, at most once a second. */
async function startSupervisor(): Promise<PgBoss> {
  const boss = new PgBoss({
    ...app.database.jobQueueConnection,
    supervise: false,
    schedule: false,
    monitorIntervalSeconds: 1,
  })
  boss.on('error', (error) => void app.faults.push(error))
  onTestFinished(() => boss.stop())
  return boss.start()
}

async function supervise(supervisor: PgBoss): Promise<void> {
  const last = await lastSupervision()
  await until(async () => {
    await supervisor.supervise('meeting-mail')
    expect(await lastSupervision()).not.toBe(last)
  })
}

const statesOf = async () => (await readJobs()).map(({ state }) => state).sort()

/** Books a meeting whose mails, to the agent and to the visitor, go to a slow server.
 * @param slowMails the number of mails that wait for the answer of the server
 * @returns `answer` makes the server answer them */
async function bookWithSlowServer(slowMails: number) {
  const sink = await startSmtpSink()
  onTestFinished(() => sink.close())
  app.app.services.mailer = createSmtpMailer({ url: sink.url })
  await book(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: NINE } })
  const answer = sink.holdAnswers(slowMails)
  await app.app.startJobs()
  const expectEachMailOnce = async () => {
    await until(async () => expect(await statesOf()).toEqual(['completed', 'completed']))
    expect(sink.received.map(({ to }) => to).sort()).toEqual([[ada.email], ['grace@navy.example']].sort())
    expect(app.faults).toEqual([])
  }
  return { sink, answer, expectEachMailOnce }
}

function bookAt(slot: number, email: string) {
  const input = { target: { agentId: ada.id }, startsAt: slotAt(slot), person: { email } }
  return book(app, { token: visitor.token, input })
}

it(
  'gets a mail once, no matter how long it takes to answer',
  async () => {
    const { answer, expectEachMailOnce } = await bookWithSlowServer(2)
    // The node sends heartbeats …
    await until(async () => {
      const running = { state: 'active', heartbeats: true }
      expect(await readJobs()).toEqual([running, running])
    })
    // … so that its jobs are not considered abandoned, although they have been running for ten minutes.
    await app.app.services.database
      .$executeRaw`UPDATE pgboss.job SET started_on = started_on - interval '10 minutes' WHERE name = 'meeting-mail'`
    const supervisor = await startSupervisor()
    await supervise(supervisor)
    await supervise(supervisor)
    answer()
    await expectEachMailOnce()
  },
  3 * DEADLINE_MS,
)

it(
  'does not keep mails open that it has answered',
  async () => {
    const { answer, expectEachMailOnce } = await bookWithSlowServer(1)
    await until(async () => expect(await statesOf()).toEqual(['active', 'completed']))
    answer()
    await expectEachMailOnce()
  },
  2 * DEADLINE_MS,
)

it(
  'delays no other mail, as long as fewer of its mails hang than a node has places',
  async () => {
    const { answer, sink } = await bookWithSlowServer(2)
    const to = (address: string) => sink.received.filter(({ to: [each] }) => each === address)
    await until(async () => expect(await statesOf()).toEqual(['active', 'active']))
    const answerMore = sink.holdAnswers(10)
    for (const slot of [1, 2, 3, 4, 5]) await bookAt(slot, 'hangs@slow.example')
    await until(async () => expect(sink.received).toHaveLength(12))
    for (const slot of [6, 7, 8]) await bookAt(slot, 'alan@quick.example')
    await until(async () => expect(to('alan@quick.example')).toHaveLength(3))
    await until(async () => expect((await statesOf()).filter((state) => state === 'active')).toHaveLength(12))
    answer()
    answerMore()
    await until(async () => expect(new Set(await statesOf())).toEqual(new Set(['completed'])))
    expect(sink.received).toHaveLength(18)
  },
  3 * DEADLINE_MS,
)
