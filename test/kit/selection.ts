// Which test files run in another way than the rest (vitest.config.ts).
import { existsSync } from 'node:fs'

/** On Postgres, each of these files runs alone: they measure times, or load the whole machine. */
export const ALONE = [
  'test/race/contention.test.ts',
  'test/race/contention-mix.test.ts',
  'test/race/double-booking.test.ts',
  'test/race/stalled.test.ts',
  'test/race/unique-values.test.ts',
]

/** When there is a Postgres server the whole suite runs there. What runs on PGlite as well is what may differ there. That
 * nobody uses a second connection inside of a transaction, which PGlite does not have, is seen on Postgres too
 * (one-connection.ts). */
export const ON_PGLITE_TOO = [
  // Migrations, constraints, SQLSTATEs by way of another driver, numbers of statements.
  ...files('services/database/migrations', 'services/workspaces/first-workspace', 'api/errors'),
  ...files('api/statement-counts', 'api/booking-bad-input', 'security/stored-text'),
  // All operations there are, and the fields of all nodes.
  ...files('security/strangers', 'api/nodes', 'api/readme'),
  // Jobs: one connection for the queue and the application.
  ...files('api/meeting-mails', 'api/chat-push', 'services/notifications/chat-push-failures'),
  ...files('services/notifications/slow-smtp-server', 'api/calendar-senders'),
  // Events and subscriptions: what is read when, and by how many at a time.
  ...files('services/events/event-hub', 'protocol/recovery', 'protocol/live-events', 'protocol/gentle-stop'),
  ...files('services/tidy', 'protocol/slots-changed'),
  // One of each domain: its statements, many of which are written by hand.
  ...files('api/agents', 'api/workspace', 'api/teams', 'api/routing', 'api/meeting-availability'),
  ...files('api/booking', 'api/holds', 'api/meeting-changes', 'api/meetings', 'api/meeting-invitations'),
  ...files('api/live-chat', 'api/chat-offers', 'api/conversations', 'api/live-chat-status'),
  ...files('services/chat/deadlines', 'services/chat/announce-status', 'protocol/presence'),
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
  if (missing.length > 0) throw new Error(`There is no ${missing.join(', ')} to be run on PGlite too.`)
  return paths
}
