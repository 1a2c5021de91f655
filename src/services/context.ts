// The parts of the application that every use case gets. app.ts builds them; nothing here is global.
import type { Budgets } from '../config/budgets.ts'
import type { HoldLimits } from '../config/config.ts'
import type { Retention } from '../config/retention.ts'
import type { JobQueue } from '../database/job-queue.ts'
import type { Database } from '../database/open.ts'
import type { Jobs } from './jobs.ts'
import type { CalendarProviders } from './ports/calendar-provider.ts'
import type { Mailer } from './ports/mailer.ts'
import type { PushSender } from './ports/push-sender.ts'
import type { SecretBox } from './ports/secret-box.ts'
import type { Signer } from './ports/signer.ts'
import type { WakeUps } from './ports/wake-ups.ts'

/** The source of time. Passed in, so that tests control it. */
export interface Clock {
  now(): Date
  /** Schedules an action for an instant; one in the past runs at once.
   * @returns cancel */
  at(instant: Date, action: () => void): () => void
  /** Puts the clock forward, or back if negative. A clock without it is exact. */
  correct?(byMs: number): void
}

/** How this installation appears to the outside. */
export interface Settings {
  /** The base URL of links in mails, without a trailing slash. */
  readonly publicUrl: string
  /** The sender address of mails. */
  readonly mailFrom: string
  /** Whether an address gets mails about one meeting at most once a minute. Tests need not wait. */
  readonly pausesMails: boolean
  /** What callers who are not staff may do. */
  readonly budgets: Budgets
  readonly holds: HoldLimits
  /** See `Config`. */
  readonly maxUnconfirmedMeetings: number
  /** How long what is no longer needed is kept. */
  readonly retention: Retention
}

export interface Services {
  /** A UUID that this node has until it stops: in its heartbeats and in the leases that it holds. */
  nodeId: string
  database: Database
  clock: Clock
  jobs: JobQueue<Jobs>
  calendars: CalendarProviders
  mailer: Mailer
  push: PushSender
  signer: Signer
  secrets: SecretBox
  wakeUps: WakeUps
  settings: Settings
  /** Aborts while the node stops, once work under way has had its time: whatever takes longer is given up, and done
   * again elsewhere or later. */
  stopSignal: AbortSignal
  /** Receives errors outside of requests, such as a failed attempt of a job. */
  onError(error: unknown): void
}
