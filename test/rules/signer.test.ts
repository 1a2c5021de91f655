import { expect, it } from 'vitest'
import { createSigner } from '../../src/services/identity/signer.ts'

const [KEY, OTHER, OLDEST] = [7, 8, 9].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer]
const PAYLOAD = Buffer.from('a meeting')

it('verifies what an earlier key has signed, and signs with the current key', () => {
  const signer = createSigner([OTHER, KEY, OLDEST])
  for (const key of [KEY, OLDEST]) {
    const link = createSigner([key]).sign('meeting-link', PAYLOAD)
    expect(signer.verify('meeting-link', link)).toEqual(PAYLOAD)
  }
  expect(signer.sign('meeting-link', PAYLOAD)).toBe(createSigner([OTHER]).sign('meeting-link', PAYLOAD))
})

it('verifies nothing that another key has signed, or the same one for another purpose', () => {
  const link = createSigner([KEY]).sign('meeting-link', PAYLOAD)
  expect(createSigner([OTHER]).verify('meeting-link', link)).toBeNull()
  expect(createSigner([KEY]).verify('demo-identity', link)).toBeNull()
  expect(createSigner([KEY]).verify('meeting-link', `${link}A`)).toBeNull()
})
