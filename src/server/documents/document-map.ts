// Reads the files that the tools of front-end teams write: which documents a client sends, by their hashes. The client
// preset of GraphQL Code Generator, Relay's compiler and gql.tada write a map of hashes and texts; Apollo's tool writes
// a manifest with a list.
import { createHash } from 'node:crypto'
import { z } from 'zod'

export interface MapEntry {
  /** The hash as the file has it, with or without the prefix `sha256:`. */
  id: string
  text: string
}

const map = z.record(z.string(), z.string())
const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
})

/** @returns null if the file has neither of the two forms */
export function readDocumentMap(json: unknown): MapEntry[] | null {
  const asManifest = manifest.safeParse(json)
  if (asManifest.success) return asManifest.data.operations.map(({ id, body }) => ({ id, text: body }))
  const asMap = map.safeParse(json)
  return asMap.success ? Object.entries(asMap.data).map(([id, text]) => ({ id, text })) : null
}

/** @returns the 64 hexadecimal digits of a SHA-256; null for any other id */
export function readHash(id: string): string | null {
  return /^(?:sha256:)?([0-9a-f]{64})$/.exec(id)?.[1] ?? null
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
