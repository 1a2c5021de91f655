// What every use case is given: the parts of the application and who is asking. Built by app.ts, one for
// each request; nothing here is global.
import type { JobQueue } from '../database/job-queue.ts'
import type { Database } from '../database/open.ts'
import type { SlotFeed } from './booking/slots/slot-feed.ts'
import type { CalendarOAuth } from './calendars/connection/oauth.ts'
import type { OutsideProvider } from './calendars/connection/permissions.ts'
import type { EventHub } from './events/event-hub.ts'
import type { WakeUps } from './events/wake-ups.ts'
import type { SecretBox } from './identity/secret-box.ts'
import type { Signer } from './identity/signer.ts'
import type { Viewer } from './identity/viewer.ts'
import type { Jobs } from './jobs.ts'
import type { CalendarProviders } from './ports/calendar-provider.ts'
import type { Mailer } from './ports/mailer.ts'
import type { PushSender } from './ports/push-sender.ts'
import type { Leases } from './presence/leases.ts'

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
  events: EventHub
  /** The consoles of agents that are open at this node. */
  consoles: Leases
  /** The chats that their visitors follow at this node. */
  followedChats: Leases
  slotFeed: SlotFeed
  settings: Settings
  /** Told of what nobody is waiting for, such as a failed attempt of a job. */
  onError(error: unknown): void
}

export interface RequestContext extends Services {
  viewer: Viewer
  /** The Origin header of a browser's request, else null. */
  origin: string | null
}
