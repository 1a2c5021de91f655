// Whether two definitions are the same.
import { createHash } from 'node:crypto'
import type { Definition } from './compiled.ts'

/** @returns the SHA-256 of the definition as JSON with sorted keys */
export function hashDefinition(definition: Definition): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(canonicalJson(definition)).digest())
}

/** @param value JSON. A key with undefined is left out, as JSON does
 * @returns JSON in which the keys of every object are in order */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
