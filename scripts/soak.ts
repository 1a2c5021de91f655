// Runs the tests that do random things for as long as is said in minutes, each of them: npm run soak -- 30. The check has
// some seconds for each. They print their seeds; TEST_DATABASE_URL must name a Postgres server.
import { spawnSync } from 'node:child_process'

const DEFAULT_MINUTES = 10
const FILES = [
  ...[
    'race/live-chat',
    'race/chat-turns',
    'race/chat-day',
    'race/convergence',
    'race/crash',
    'race/stalled',
    'race/outages',
  ],
  ...['race/two-nodes', 'race/ended-backends', 'race/heap', 'race/abuse'],
  ...['api/offered-means-bookable', 'api/invitation-model'],
  ...['services/calendars/sync-properties', 'rules/slots.properties'],
]

const [minutes = DEFAULT_MINUTES] = process.argv.slice(2).map(Number)
if (!(minutes > 0)) throw new Error('How many minutes? For example: npm run soak -- 30')
if (!process.env.TEST_DATABASE_URL) throw new Error('TEST_DATABASE_URL must name a Postgres server.')

const seconds = `${minutes * 60}`
const budgets = {
  CHAT_SECONDS: seconds,
  TURNS_SECONDS: seconds,
  CONVERGENCE_SECONDS: seconds,
  SLOTS_SECONDS: seconds,
  CALENDAR_SECONDS: seconds,
  INVITATIONS_SECONDS: seconds,
  CHAT_DAY_SIZE: '1',
  STALLED_EVENTS: '100000',
  NODES_BOOKINGS: '1000',
  CRASH_BOOKINGS: '400',
  HEAP_SUBSCRIPTIONS: '5000',
  OUTAGES: 'all',
  ABUSE: 'full',
  TURNS_REQUESTS: '800',
  BACKENDS_MESSAGES: '10000',
  PROPERTY_RUNS: '2000',
}
const projects = ['rules', 'postgres', 'alone'].flatMap((name) => ['--project', name])
const files = FILES.map((file) => `test/${file}.test.ts`)
const { status } = spawnSync('vitest', ['run', ...projects, ...files], {
  ...{ env: { ...process.env, ...budgets }, stdio: 'inherit' },
})
process.exitCode = status ?? 1
