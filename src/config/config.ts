// The configuration of the program, as read-config.ts makes it of the environment.

import type { Budgets } from './budgets.ts'
import type { Retention } from './retention.ts'

/** How many connections a node opens to Postgres at most, unless DATABASE_CONNECTIONS says otherwise. */
export const DEFAULT_DATABASE_CONNECTIONS = 20

export interface Limits {
  maxBodyBytes: number
  maxDepth: number
  maxTokens: number
  maxAliases: number
  maxCost: number
  maxSocketsPerCaller: number
  maxOperationsPerSocket: number
}

/** Who may say which address a request came from. */
export interface Network {
  /** Addresses, and networks in CIDR notation, of the proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[]
  /** What a backend sends along with the address of the visitor for whom it calls; null: none may. */
  backendSecret: string | null
}

/** How many slots may be held at a time by callers who are not staff. */
export interface HoldLimits {
  /** By the visitors of one client address. */
  perAddress: number
  /** Of one day of an agent. */
  perAgentDay: number
}

/** How people sign in: with the demo's own tokens, or with those of an OpenID Connect provider. `clients` are the
 * applications that may get tokens for us; none: see `requireClient`. */
export type SignIn = { mode: 'DEMO' } | { mode: 'OIDC'; issuer: string; audience: string; clients?: string[] }

/** Who may send the text of a document that is not persisted: everybody, nobody, or signed-in staff only. */
export type PersistedDocumentsMode = 'allow' | 'only' | 'only-anonymous'

export interface Config {
  host: string
  port: number
  /** null: the address the server listens on. */
  publicUrl: string | null
  /** null: in memory. */
  dataFolder: string | null
  databaseUrl: string | null
  /** How many connections this node opens to Postgres at most. */
  databaseConnections: number
  /** null: there is one node. */
  redisUrl: string | null
  /** null: a key kept in the database. */
  secretsKey: Buffer | null
  /** Those before it, the latest first. */
  previousSecretsKeys: Buffer[]
  signIn: SignIn
  /** Administrator of the workspace that the first start with OIDC makes. */
  adminEmail: string | null
  smtpUrl: string | null
  mailFrom: string
  /** Whether the first start of the demo lets people book and chat. */
  demoActivity: boolean
  graphiql: boolean
  introspection: boolean
  limits: Limits
  budgets: Budgets
  holds: HoldLimits
  /** How many upcoming meetings visitors who only claim it may have with an e-mail address. */
  maxUnconfirmedMeetings: number
  network: Network
  retention: Retention
  persistedDocuments: {
    /** null: there are none. */
    folder: string | null
    mode: PersistedDocumentsMode
  }
  /** Over how long open sockets are closed when the program stops. */
  drainMs: number
}

/** The environment does not make a configuration. The message lists every fault. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}
