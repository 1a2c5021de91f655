// Global ids, as clients may spell them.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { readGlobalId } from '../../src/schema/global-id.ts'

const UUID = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'
/** The lengths of the types differ, so that the ids end with "=", with "==" and without either. */
const TYPES = ['Role', 'Agent', 'Person']

describe('a global id', () => {
  it.each(TYPES)('of type %s is read', (typename) => {
    expect(readGlobalId(encodeGlobalID(typename, UUID))).toEqual({ typename, id: UUID })
    const inUpperCase = encodeGlobalID(typename, UUID.toUpperCase())
    expect(readGlobalId(inUpperCase)).toEqual({ typename, id: UUID })
  })

  it.each(TYPES)('of type %s is refused unless it is all of the text', (typename) => {
    const id = encodeGlobalID(typename, UUID)
    const unpadded = id.replace(/=+$/, '')
    const others = [`${id}, ${id}`, `${id}${id}`, `${id}x`, `${id}=`, ` ${id}`, `${id}\n`]
    if (unpadded !== id) others.push(unpadded)
    expect(others.map(readGlobalId)).toEqual(others.map(() => null))
  })

  it('is not the type and the UUID as they are', () => {
    for (const text of [
      '',
      '=',
      UUID,
      `Agent:${UUID}`,
      encodeGlobalID('Agent', ''),
      encodeGlobalID('', UUID),
    ])
      expect(readGlobalId(text)).toBeNull()
  })
})
