import { expect, it } from 'vitest'
import { createSecretBox } from '../../src/services/identity/secret-box.ts'

const KEY = Buffer.alloc(32, 7)
const OTHER = Buffer.alloc(32, 8)

it('opens what it has sealed, and never seals to the same bytes twice', () => {
  const box = createSecretBox([KEY])
  const sealed = box.seal('a token', 'here')
  expect(box.open(sealed, 'here')).toBe('a token')
  expect(box.seal('a token', 'here').equals(sealed)).toBe(false)
  expect(sealed.toString('latin1')).not.toContain('a token')
})

it('opens nothing that was moved to another place, changed or truncated', () => {
  const box = createSecretBox([KEY])
  const sealed = box.seal('a token', 'here')
  expect(() => box.open(sealed, 'there')).toThrow()
  for (let byte = 0; byte < sealed.length; byte += 1) {
    const changed = Buffer.from(sealed)
    changed[byte] = (changed[byte] ?? 0) ^ 1
    expect(() => box.open(changed, 'here')).toThrow()
    expect(() => box.open(sealed.subarray(0, byte), 'here')).toThrow()
  }
})

it('opens what an earlier key has sealed, and seals with the current key', () => {
  const old = createSecretBox([KEY])
  const box = createSecretBox([OTHER, KEY])
  const sealed = old.seal('a token', 'here')
  expect([box.open(sealed, 'here'), box.isCurrent(sealed)]).toEqual(['a token', false])
  const resealed = box.seal('a token', 'here')
  expect(box.isCurrent(resealed)).toBe(true)
  expect(() => old.open(resealed, 'here')).toThrow('not known')
})
