// The keys that an OpenID Connect provider publishes. They are read again every ten minutes. While the provider is away,
// those of its last answer stay good for a day, so that its staff is not locked out with it, whichever nodes restart.
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { DAY, MINUTE } from '../time.ts'
import type { KeyStore } from './stored-keys.ts'

/** For the discovery document and the keys together. */
const FETCH_TIMEOUT_MS = 5_000
/** How long a key is still accepted, at most, after the provider has withdrawn it; longer while the provider is away. */
const FRESH_MS = 10 * MINUTE
/** How long keys are accepted after the provider's last answer. */
const STALE_MS = DAY
/** How long no further fetch follows one: made-up key ids must cause no flood, and a provider that is away no delay. */
const COOLDOWN_MS = MINUTE / 2

/** The provider's keys are not available: it did not answer, or its answer cannot be trusted. The token may be valid. */
export class OidcProviderUnreachableError extends Error {}

interface KeySet {
  find: JWTVerifyGetKey
  readAt: number
}

export interface PublishedKeysOptions {
  issuer: string
  now(): Date
  fetch: typeof fetch
  /** Left out: the keys are forgotten when the program ends. */
  store?: KeyStore | undefined
}

export class PublishedKeys {
  readonly #options: PublishedKeysOptions
  /** Of the provider's last answer. */
  #keys: KeySet | null = null
  /** The reading of what is stored, once. */
  #restoring: Promise<void> | null = null
  /** The fetch under way, which all requests share. */
  #fetching: Promise<KeySet> | null = null
  #fetchedAt = Number.NEGATIVE_INFINITY
  #hasFailed = false

  constructor(options: PublishedKeysOptions) {
    this.#options = options
  }

  /** For `jwtVerify`.
   * @throws JWKSNoMatchingKey or JWKSMultipleMatchingKeys when the provider has no such key
   * @throws OidcProviderUnreachableError */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.#current()
    try {
      return await keys.find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      const newer = await this.#newerThan(keys)
      if (newer === null) throw error
      return newer.find(header, token)
    }
  }

  /** @returns keys that may be used now */
  async #current(): Promise<KeySet> {
    if (this.#keys === null) await this.#restore()
    const keys = this.#keys as KeySet | null
    if (keys === null || this.#age(keys) >= STALE_MS) return this.#fetch()
    if (this.#age(keys) < FRESH_MS) return keys
    if (this.#fetching === null && !this.#mayFetch()) return keys
    const fetched = this.#fetch().catch(() => keys)
    // Once an attempt has failed, nobody waits for the next one.
    return this.#hasFailed ? keys : fetched
  }

  async #restore(): Promise<void> {
    this.#restoring ??= this.#readStored().catch((error: unknown) => {
      this.#restoring = null
      throw error
    })
    await this.#restoring
  }

  async #readStored(): Promise<void> {
    const stored = (await this.#options.store?.read()) ?? null
    if (stored === null) return
    // The clock of the node that stored them may have been ahead.
    const readAt = Math.min(stored.readAt.getTime(), this.#options.now().getTime())
    this.#keys ??= { find: createLocalJWKSet(keySet.parse(stored.keys)), readAt }
  }

  /** For a key that is not among them.
   * @returns null when they are as recent as they can be
   * @throws OidcProviderUnreachableError when it is not known whether the provider has the key by now */
  async #newerThan(keys: KeySet): Promise<KeySet | null> {
    if (this.#keys !== null && this.#keys !== keys) return this.#keys
    if (this.#mayFetch() || this.#fetching !== null) return this.#fetch()
    if (this.#hasFailed) throw this.#unreachable()
    return null
  }

  #mayFetch(): boolean {
    return this.#options.now().getTime() >= this.#fetchedAt + COOLDOWN_MS
  }

  #age({ readAt }: KeySet): number {
    return this.#options.now().getTime() - readAt
  }

  async #fetch(): Promise<KeySet> {
    this.#fetching ??= this.#read().finally(() => {
      this.#fetching = null
    })
    return this.#fetching
  }

  async #read(): Promise<KeySet> {
    const readAt = this.#options.now().getTime()
    this.#fetchedAt = readAt
    try {
      const keys = await readKeys(this.#options)
      this.#keys = { find: createLocalJWKSet(keys), readAt }
      this.#hasFailed = false
      await this.#options.store?.save({ keys, readAt: new Date(readAt) })
      return this.#keys
    } catch (error) {
      this.#hasFailed = true
      throw this.#unreachable(error)
    }
  }

  #unreachable(cause?: unknown): OidcProviderUnreachableError {
    const message = `The keys of the provider ${this.#options.issuer} cannot be read.`
    return new OidcProviderUnreachableError(message, { cause })
  }
}

/** Reads the discovery document too, so that keys that moved to another URL are found (OpenID Connect Discovery 1.0). */
async function readKeys({ issuer, fetch }: PublishedKeysOptions): Promise<JSONWebKeySet> {
  const protocol = issuer.startsWith('https:') ? /^https$/ : /^https?$/
  const document = z.object({
    // OpenID Connect Discovery 1.0, section 4.3.
    issuer: z.literal(issuer),
    // Keys that were fetched without TLS could come from anyone on the way.
    jwks_uri: z.url({ protocol }),
  })
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS)
  const readJson = async (url: string): Promise<unknown> => {
    const response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } })
    if (response.status !== 200) throw new Error(`${url} responded with HTTP status ${response.status}.`)
    return response.json()
  }
  const { jwks_uri: keysUrl } = document.parse(
    await readJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
  )
  return keySet.parse(await readJson(keysUrl))
}

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })
