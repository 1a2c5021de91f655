// What `npm start -- --help` prints.
import { DEFAULT_DATABASE_CONNECTIONS } from './config.ts'
import type { Variables } from './read-config.ts'

const VARIABLES: Record<keyof Variables, string> = {
  PORT: 'port to listen on (4000)',
  HOST: 'address to listen on (127.0.0.1)',
  PUBLIC_URL: 'address that browsers use, for links in mails (the listening address)',
  DATA_DIR: 'folder of the embedded database and of mails; "memory" for none (.data)',
  DATABASE_URL: 'Postgres 15 or later, instead of the embedded database',
  DATABASE_CONNECTIONS: `connections of a node to Postgres, at most (${DEFAULT_DATABASE_CONNECTIONS})`,
  REDIS_URL: 'Redis that wakes the other nodes, when there are several',
  AUTH_ISSUER: 'OpenID Connect provider (the demo sign-in, on loopback only)',
  AUTH_AUDIENCE: 'audience of the tokens of the provider',
  AUTH_CLIENTS: 'applications whose tokens are accepted (see docs/operations.md)',
  ADMIN_EMAIL: 'administrator of the workspace that the first start with a provider makes',
  SMTP_URL: 'mail server (mails are written to a folder)',
  MAIL_FROM: 'sender of mails',
  SECRETS_KEY: '32 random bytes in base64, the same on all nodes (kept in the database)',
  PREVIOUS_SECRETS_KEYS: 'earlier values of SECRETS_KEY',
  DEMO_ACTIVITY: '"off" starts the demo without meetings, people and chats (on)',
  NODE_ENV: '"production" refuses the demo sign-in and switches GraphiQL off',
  GRAPHIQL: '"on" or "off"',
  INTROSPECTION: '"on" or "off"',
  PERSISTED_DOCUMENTS_DIR: 'folder of persisted documents (none)',
  PERSISTED_DOCUMENTS: '"allow", "only" or "only-anonymous" (allow)',
  DRAIN_SECONDS: 'over how many seconds sockets are closed at a stop (5)',
  TRUSTED_PROXIES: 'addresses of the proxies in front, or "none"; required in production (none)',
  BACKEND_SECRET: 'with which a backend may name the address of its visitor (none)',
  BUDGETS: 'changes of what visitors may do, for example bookings.address=120/10m',
  MAX_HOLDS_PER_ADDRESS: 'slots that the visitors of one address may hold (20)',
  MAX_HOLDS_PER_AGENT_DAY: 'slots of a day of an agent that visitors may hold (10)',
  MAX_UNCONFIRMED_MEETINGS: 'upcoming meetings of an e-mail address that is only claimed (3)',
  KEEP_IDLE_VISITS_DAYS: 'days that visits are kept in which nothing was done (7)',
  KEEP_ANONYMOUS_DAYS: 'days that anonymous people are kept (90)',
  KEEP_CONVERSATIONS_DAYS: 'days that chats and the texts of meetings are kept (730)',
  KEEP_DECISIONS_DAYS: 'days that routing decisions are kept (90)',
  KEEP_DIALOGUE_COUNTS_DAYS: 'days that counts of dialogues are kept (730)',
  KEEP_MAIL_FILES_DAYS: 'days that mails in the folder are kept (30)',
  MAX_BODY_KIB: 'size of a request in KiB (512)',
  MAX_QUERY_DEPTH: 'depth of an operation (12)',
  MAX_QUERY_TOKENS: 'tokens of an operation (1500)',
  MAX_QUERY_ALIASES: 'aliases of an operation (30)',
  MAX_QUERY_COST: 'cost of an operation (10000)',
  MAX_SOCKETS_PER_CALLER: 'sockets that one caller may open (20)',
  MAX_OPERATIONS_PER_SOCKET: 'subscriptions of one socket (50)',
}

const LINES = Object.entries(VARIABLES).map(([name, meaning]) => `  ${name.padEnd(27)}${meaning}`.trimEnd())

export const USAGE = `Usage: npm start [-- --help]

Starts Switchboard. Ctrl+C stops it. Environment variables configure it:

${LINES.join('\n')}
  GOOGLE_…, MICROSOFT_…      calendars: docs/calendars.md

docs/operations.md says more. npm run workspace creates and lists workspaces.`
