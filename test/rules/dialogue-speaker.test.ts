// Whoever a dialogue talks to is what it claims to be, or its person once it is verified.
import { describe, expect, it } from 'vitest'
import { speakerOf } from '../../src/services/dialogues/running/speaker.ts'
import { NOTHING_CLAIMED } from '../../src/services/people/claim.ts'
import { attribute, builtIn } from '../kit/dialogue-cards.ts'

const email = builtIn('email')
const firstName = builtIn('firstName')
const plan = attribute('plan')

describe('whoever talks', () => {
  it('begins anew as an unverified visitor with another e-mail address', () => {
    const verified = speakerOf({
      isVerified: true,
      person: { ...NOTHING_CLAIMED, email: 'ada@b.test', firstName: 'Ada' },
      claimed: null,
    })
    expect(verified.say({ attribute: plan, value: 'gold' })).toMatchObject({
      isVerified: true,
      described: { firstName: 'Ada', attributes: { plan: 'gold' } },
    })
    expect(verified.say({ attribute: email, value: 'eve@b.test' })).toMatchObject({
      isVerified: false,
      described: { email: 'eve@b.test', firstName: null },
    })
    const claimed = { ...NOTHING_CLAIMED, email: 'ada@b.test', firstName: 'Ada' }
    const unverified = speakerOf({
      isVerified: false,
      person: { ...NOTHING_CLAIMED, lastName: 'L' },
      claimed,
    })
    const other = unverified.say({ attribute: email, value: 'eve@b.test' })
    expect(other.read(firstName)).toBeNull()
    expect(other.say({ attribute: firstName, value: 'Eve' }).described).toMatchObject({
      email: 'eve@b.test',
      firstName: 'Eve',
      lastName: null,
    })
  })
})
