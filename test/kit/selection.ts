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
 * differently: it has one connection, and a driver of its own. That no code uses a second connection inside of a
 * transaction is checked on Postgres too (one-connection.ts). */
export const ON_PGLITE_TOO = [
  // Migrations, constraints, SQLSTATEs from the other driver, numbers of statements.
  ...files('services/database/migrations', 'services/database/attribute-definitions'),
  ...files('services/workspaces/first-workspace', 'api/errors'),
  ...files('api/statement-counts', 'security/stored-text'),
  // The fields of every node, and the documented operations.
  ...files('api/nodes', 'api/readme'),
  // Jobs: the queue and the application share one connection.
  ...files('api/meeting-mails', 'api/chat-push', 'services/notifications/slow-smtp-server'),
  // Events and subscriptions: the order of their reads, and concurrent readers.
  ...files('services/events/event-hub', 'protocol/recovery', 'protocol/gentle-stop'),
  // One or two files of each domain, because many of its statements are written by hand.
  ...files('services/tidy', 'api/agents', 'api/routing', 'api/people', 'api/booking', 'api/meeting-changes'),
  ...files('api/attributes', 'api/attribute-values'),
  ...files('api/meetings', 'api/live-chat', 'api/conversations', 'services/chat/deadlines'),
  ...files('services/reports/counts', 'api/dialogue-report'),
  ...files('protocol/presence', 'protocol/slots-changed', 'api/calendar-writings'),
]

/** What `npm test` runs on PGlite without a server: what may be different there, and who may do what. With a server, which
 * .ci/run has, all files run. */
export const WITHOUT_SERVER = [...ON_PGLITE_TOO, ...files('security/access')]

function files(...names: string[]): string[] {
  const paths = names.map((name) => `test/${name}.test.ts`)
  const missing = paths.filter((path) => !existsSync(path))
  if (missing.length > 0) throw new Error(`These files do not exist: ${missing.join(', ')}.`)
  return paths
}
