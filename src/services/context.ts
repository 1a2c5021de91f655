// What every use case is given: the parts of the application. Built by app.ts; nothing here is global.
import type { JobQueue } from '../database/job-queue.ts'
import type { Database } from '../database/open.ts'
import type { Jobs } from './jobs.ts'
import type { CalendarOAuth, CalendarProviders, OutsideProvider } from './ports/calendar-provider.ts'
import type { Mailer } from './ports/mailer.ts'
import type { PushSender } from './ports/push-sender.ts'
import type { SecretBox } from './ports/secret-box.ts'
import type { Signer } from './ports/signer.ts'
import type { WakeUps } from './ports/wake-ups.ts'

/** Tells the time. Handed in, so that a test decides what time it is. */
export interface Clock {
  now(): Date
  /** Runs the action at an instant, or at once when it is over.
   * @returns takes it back */
  at(instant: Date, action: () => void): () => void
}

/** Where the outside finds this installation, and how it presents itself. */
export interface Settings {
  /** Base address of links in mails, without a slash at the end. */
  publicUrl: string
  /** The address that mails come from. */
  mailFrom: string
}

export interface Services {
  database: Database
  clock: Clock
  jobs: JobQueue<Jobs>
  calendars: CalendarProviders
  /** Where agents are asked for their calendars; what this installation is not registered at is left out. */
  calendarOAuth: Partial<Record<OutsideProvider, CalendarOAuth>>
  mailer: Mailer
  push: PushSender
  signer: Signer
  secrets: SecretBox
  wakeUps: WakeUps
  settings: Settings
  /** Told of what nobody is waiting for, such as a failed attempt of a job. */
  onError(error: unknown): void
}
