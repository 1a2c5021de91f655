// The only reader of the environment: parsed once, typed, every fault listed at once. docs/operations.md
// describes the variables.
import { isIP } from 'node:net'
import { z } from 'zod'
import { readBudgets } from './budgets.ts'
import { type Config, ConfigError, DEFAULT_DATABASE_CONNECTIONS, type Network } from './config.ts'
import { RETENTION_VARIABLES, retentionOf } from './retention.ts'

const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost']

const SECONDS = 'must be a number from 0 to 600.'

/** @param bounds.min 1 if left out */
function wholeNumber(byDefault: number, { min = 1, max = Number.MAX_SAFE_INTEGER } = {}) {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  const message = `must be a whole number ${range}.`
  return z.coerce.number(message).int(message).min(min, message).max(max, message).default(byDefault)
}
const commaSeparated = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  )
const onOrOff = z.enum(['on', 'off']).optional()

const variables = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: wholeNumber(4000, { min: 0, max: 65_535 }),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_CONNECTIONS: wholeNumber(DEFAULT_DATABASE_CONNECTIONS, { min: 8, max: 1000 }),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  SECRETS_KEY: z
    .base64({ abort: true })
    .refine(isLongKey, 'must be at least 32 bytes in base64, for example from `openssl rand -base64 32`.')
    .optional(),
  PREVIOUS_SECRETS_KEYS: commaSeparated.refine(
    (keys) => keys.every((key) => z.base64().safeParse(key).success && isLongKey(key)),
    'must be keys of at least 32 bytes in base64, separated by commas.',
  ),
  AUTH_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  AUTH_AUDIENCE: z.string().min(1).optional(),
  AUTH_CLIENTS: commaSeparated,
  ADMIN_EMAIL: z.email().optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.email().optional(),
  DEMO_ACTIVITY: onOrOff,
  GRAPHIQL: onOrOff,
  INTROSPECTION: onOrOff,
  PERSISTED_DOCUMENTS_DIR: z.string().optional(),
  PERSISTED_DOCUMENTS: z.enum(['allow', 'only', 'only-anonymous']).default('allow'),
  MAX_BODY_KIB: wholeNumber(512),
  MAX_QUERY_DEPTH: wholeNumber(12),
  MAX_QUERY_TOKENS: wholeNumber(1500),
  MAX_QUERY_ALIASES: wholeNumber(30),
  MAX_QUERY_COST: wholeNumber(10_000),
  MAX_SOCKETS_PER_CALLER: wholeNumber(20),
  MAX_OPERATIONS_PER_SOCKET: wholeNumber(50),
  BUDGETS: z
    .string()
    .default('')
    .transform((text, check) => {
      const { budgets, faults } = readBudgets(text)
      for (const message of faults) check.addIssue({ code: 'custom', message })
      return budgets
    }),
  TRUSTED_PROXIES: z
    .string()
    .optional()
    .transform((text) => (text === undefined ? undefined : text === 'none' ? [] : commaSeparated.parse(text)))
    .refine(
      (proxies) => proxies === undefined || proxies.every(isNetwork),
      'must be `none`, or addresses and networks such as 10.0.0.0/8, separated by commas.',
    ),
  BACKEND_SECRET: z.string().min(32, 'must have at least 32 characters.').optional(),
  MAX_HOLDS_PER_ADDRESS: wholeNumber(20),
  MAX_HOLDS_PER_AGENT_DAY: wholeNumber(10),
  MAX_UNCONFIRMED_MEETINGS: wholeNumber(3),
  ...RETENTION_VARIABLES,
  DRAIN_SECONDS: z.coerce.number(SECONDS).min(0, SECONDS).max(600, SECONDS).default(5),
})

/** Whether the text is an address, or a network in CIDR notation. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  const isPrefix =
    prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
  return version !== 0 && isPrefix && rest.length === 0
}

function isLongKey(base64: string): boolean {
  return Buffer.from(base64, 'base64').length >= 32
}

interface ConfigOptions<Calendars extends z.ZodRawShape> {
  /** An empty value counts as not set. Left out: that of the process. */
  environment?: NodeJS.ProcessEnv
  /** For each provider of calendars, what reads its variables. Left out: they are not read. */
  calendars?: Calendars
}

/** @throws ConfigError */
export function readConfig<Calendars extends z.ZodRawShape = Record<never, never>>({
  environment = process.env,
  calendars,
}: ConfigOptions<Calendars> = {}): Config & { calendars: z.output<z.ZodObject<Calendars>> } {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const own = variables.safeParse(set)
  const providers = z.object(calendars ?? ({} as Calendars))
  const provided = providers.safeParse(
    Object.fromEntries(Object.keys(providers.shape).map((name) => [name, set])),
  )
  const faults = [
    ...(own.success ? [] : describeFaults(own.error)),
    ...contradictions(set, {
      refused: refusedVariables(own.error),
      hasCalendars: hasCalendars(provided.data),
    }),
    ...(provided.success ? [] : describeFaults(provided.error, { depth: 1 })),
  ]
  if (!own.success || !provided.success || faults.length > 0) {
    throw new ConfigError([...new Set(faults)].join('\n'))
  }
  return { ...toConfig(own.data), calendars: provided.data }
}

/** @param options.depth how many names stand before that of the variable */
function describeFaults({ issues }: z.ZodError, { depth } = { depth: 0 }): string[] {
  return issues.map(({ path, message }) => [...path.slice(depth), message].join(': '))
}

export type Variables = z.output<typeof variables>

function refusedVariables(error: z.ZodError | undefined): string[] {
  return error?.issues.map(({ path }) => String(path[0])) ?? []
}

/** Whether the installation is registered with a provider of calendars. */
function hasCalendars(registrations: object = {}): boolean {
  return Object.values(registrations).some((registration) => registration !== null)
}

/** @param options.refused variables whose own value is refused: what depends on them is not checked */
function contradictions(
  set: NodeJS.ProcessEnv,
  { refused, hasCalendars }: { refused: string[]; hasCalendars: boolean },
): string[] {
  const env = variables.parse(
    Object.fromEntries(Object.entries(set).filter(([name]) => !refused.includes(name))),
  )
  const faults = [...signInFaults(env), ...installationFaults(env, { hasCalendars })]
  return faults.flatMap(([isFault, message, of]) =>
    isFault && !of.some((name) => refused.includes(name)) ? [message] : [],
  )
}

type Contradiction = [isFault: boolean, message: string, of: (keyof Variables)[]]

const isDemo = (env: Variables) => env.AUTH_ISSUER === undefined
const isProduction = (env: Variables) => env.NODE_ENV === 'production'

function signInFaults(env: Variables): Contradiction[] {
  return [
    [
      isDemo(env) && isProduction(env),
      'AUTH_ISSUER: must be set when NODE_ENV is production; the demo sign-in is refused there.',
      ['AUTH_ISSUER'],
    ],
    [
      isDemo(env) && !LOOPBACK_HOSTS.includes(env.HOST),
      'HOST: must be a loopback address (127.0.0.1, ::1, localhost) as long as AUTH_ISSUER is not set.',
      ['HOST', 'AUTH_ISSUER'],
    ],
    [
      isProduction(env) && env.AUTH_ISSUER?.startsWith('https:') === false,
      'AUTH_ISSUER: must begin with https:// when NODE_ENV is production.',
      ['AUTH_ISSUER'],
    ],
    [
      !isDemo(env) && env.AUTH_AUDIENCE === undefined,
      'AUTH_AUDIENCE: must be set together with AUTH_ISSUER.',
      ['AUTH_AUDIENCE', 'AUTH_ISSUER'],
    ],
  ]
}

function installationFaults(env: Variables, { hasCalendars }: { hasCalendars: boolean }): Contradiction[] {
  const isReal = !isDemo(env) || hasCalendars
  return [
    [
      (isProduction(env) || isReal) && env.SECRETS_KEY === undefined,
      'SECRETS_KEY: must be set when AUTH_ISSUER or an outside calendar is, for example to the output of `openssl rand -base64 32`.',
      ['SECRETS_KEY'],
    ],
    [
      isReal && env.PUBLIC_URL === undefined,
      'PUBLIC_URL: must be set when AUTH_ISSUER or an outside calendar is, to the address that browsers use.',
      ['PUBLIC_URL'],
    ],
    [
      isProduction(env) && env.TRUSTED_PROXIES === undefined,
      'TRUSTED_PROXIES: must be set when NODE_ENV is production: the addresses of your proxies, or `none`.',
      ['TRUSTED_PROXIES'],
    ],
    [
      env.PERSISTED_DOCUMENTS !== 'allow' && env.PERSISTED_DOCUMENTS_DIR === undefined,
      `PERSISTED_DOCUMENTS: ${env.PERSISTED_DOCUMENTS} needs PERSISTED_DOCUMENTS_DIR; without it nothing could be executed.`,
      ['PERSISTED_DOCUMENTS'],
    ],
  ]
}

const networkOf = ({ TRUSTED_PROXIES, BACKEND_SECRET }: Variables): Network => ({
  trustedProxies: TRUSTED_PROXIES ?? [],
  backendSecret: BACKEND_SECRET ?? null,
})

function toConfig(env: Variables): Config {
  const production = isProduction(env)
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL?.replace(/\/$/, '') ?? null,
    dataFolder: env.DATA_DIR === 'memory' ? null : env.DATA_DIR,
    databaseUrl: env.DATABASE_URL ?? null,
    databaseConnections: env.DATABASE_CONNECTIONS,
    redisUrl: env.REDIS_URL ?? null,
    secretsKey: env.SECRETS_KEY === undefined ? null : Buffer.from(env.SECRETS_KEY, 'base64'),
    previousSecretsKeys: env.PREVIOUS_SECRETS_KEYS.map((key) => Buffer.from(key, 'base64')),
    signIn:
      env.AUTH_ISSUER === undefined
        ? { mode: 'DEMO' }
        : {
            mode: 'OIDC',
            issuer: env.AUTH_ISSUER,
            audience: env.AUTH_AUDIENCE ?? '',
            clients: env.AUTH_CLIENTS,
          },
    adminEmail: env.ADMIN_EMAIL?.toLowerCase() ?? null,
    smtpUrl: env.SMTP_URL ?? null,
    mailFrom: env.MAIL_FROM ?? 'meetings@switchboard.localhost',
    demoActivity: env.DEMO_ACTIVITY !== 'off',
    graphiql: (env.GRAPHIQL ?? (production || env.PERSISTED_DOCUMENTS === 'only' ? 'off' : 'on')) === 'on',
    persistedDocuments: { folder: env.PERSISTED_DOCUMENTS_DIR ?? null, mode: env.PERSISTED_DOCUMENTS },
    drainMs: env.DRAIN_SECONDS * 1000,
    budgets: env.BUDGETS,
    holds: { perAddress: env.MAX_HOLDS_PER_ADDRESS, perAgentDay: env.MAX_HOLDS_PER_AGENT_DAY },
    maxUnconfirmedMeetings: env.MAX_UNCONFIRMED_MEETINGS,
    network: networkOf(env),
    retention: retentionOf(env),
    introspection: (env.INTROSPECTION ?? 'on') === 'on',
    limits: {
      maxBodyBytes: env.MAX_BODY_KIB * 1024,
      maxDepth: env.MAX_QUERY_DEPTH,
      maxTokens: env.MAX_QUERY_TOKENS,
      maxAliases: env.MAX_QUERY_ALIASES,
      maxCost: env.MAX_QUERY_COST,
      maxSocketsPerCaller: env.MAX_SOCKETS_PER_CALLER,
      maxOperationsPerSocket: env.MAX_OPERATIONS_PER_SOCKET,
    },
  }
}
