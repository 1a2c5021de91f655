// The test files that do not run like the others (vitest.config.ts).
import { existsSync } from 'node:fs'

/** On Postgres, each of these files runs alone, because it measures times or loads the whole machine. */
export const ALONE = [
  'test/race/contention.test.ts',
  'test/race/contention-mix.test.ts',
  'test/race/double-booking.test.ts',
  'test/race/stalled.test.ts',
  'test/race/unique-values.test.ts',
]

/** With a Postgres server, the whole suite runs there, and these files run on PGlite too, because it may behave
 * differently. PGlite has only one connection. That no code uses a second one inside of a transaction is checked on
 * Postgres too (one-connection.ts). */
export const ON_PGLITE_TOO = [
  // Migrations, constraints, SQLSTATEs from the other driver, numbers of statements.
  ...files('services/database/migrations', 'services/workspaces/first-workspace', 'api/errors'),
  ...files('api/statement-counts', 'api/booking-bad-input', 'security/stored-text'),
  // The fields of every node, and the documented operations.
  ...files('api/nodes', 'api/readme'),
  // Jobs: the queue and the application share one connection.
  ...files('api/meeting-mails', 'api/chat-push', 'services/notifications/chat-push-failures'),
  ...files('services/notifications/slow-smtp-server', 'api/calendar-senders'),
  // Events and subscriptions: the order of their reads, and concurrent readers.
  ...files('services/events/event-hub', 'protocol/recovery', 'protocol/live-events', 'protocol/gentle-stop'),
  ...files('services/tidy', 'protocol/slots-changed'),
  // Some files of each domain, because many of its statements are written by hand.
  ...files('api/agents', 'api/workspace', 'api/teams', 'api/routing', 'api/meeting-availability'),
  ...files('api/booking', 'api/holds', 'api/meeting-changes', 'api/meetings', 'api/meeting-invitations'),
  ...files('api/live-chat', 'api/chat-offers', 'api/conversations', 'api/live-chat-status'),
  ...files(
    'services/chat/deadlines',
    'services/chat/announce-status',
    'protocol/presence',
    'protocol/left-chats',
  ),
  ...files(
    'services/calendars/lost-and-moved',
    'services/calendars/sync-properties',
    'api/calendar-writings',
  ),
  ...files('api/people', 'api/identify-visitor', 'api/push-subscriptions', 'api/demo'),
]

function files(...names: string[]): string[] {
  const paths = names.map((name) => `test/${name}.test.ts`)
  const missing = paths.filter((path) => !existsSync(path))
  if (missing.length > 0) throw new Error(`These files do not exist: ${missing.join(', ')}.`)
  return paths
}
