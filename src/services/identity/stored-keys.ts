// Keeps the provider's last answer in the database: a node that starts while the provider is away knows its keys.
import type { JSONWebKeySet } from 'jose'
import type { Database } from '../../database/open.ts'

export interface KeyStore {
  /** @returns the keys, and when the provider was asked; null: nothing is known */
  read(): Promise<{ keys: unknown; readAt: Date } | null>
  /** A failure is only logged: the keys are good all the same. */
  save(stored: { keys: JSONWebKeySet; readAt: Date }): Promise<void>
}

/** @param options.issuer whose keys they are: those of another one are never used */
export function createKeyStore(options: {
  database: Database
  issuer: string
  onError(error: unknown): void
}): KeyStore {
  const { database, issuer, onError } = options
  return {
    read: () => database.publishedKeys.findUnique({ where: { issuer } }),
    save: async ({ keys, readAt }) => {
      const stored = { keys: keys as object, readAt }
      await database.publishedKeys
        .upsert({ where: { issuer }, create: { issuer, ...stored }, update: stored })
        .catch(onError)
    },
  }
}
