// How often an address gets a mail about one meeting.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MeetingInvitation } from '../../src/database/generated/client/client.ts'
import { nextMailAt } from '../../src/services/booking/mails/rules.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ADDRESS = 'grace@navy.example'
const row = (about: Partial<MeetingInvitation>) =>
  ({ address: ADDRESS, mails: 0, mailedAt: null, ...about }) as MeetingInvitation

it('the first mail goes at once, and so does one to another address', () => {
  expect(nextMailAt(ADDRESS, [])).toBeNull()
  expect(nextMailAt(ADDRESS, [row({})])).toBeNull()
  expect(
    nextMailAt(ADDRESS, [row({ address: 'ada@engines.example', mails: 9, mailedAt: new Date() })]),
  ).toBeNull()
})

it('the next ones wait a minute, and later ones half an hour, also after the invitation changed', () => {
  const mailedAt = new Date('2026-03-02T08:00:00Z')
  expect(nextMailAt(ADDRESS, [row({ mails: 2, mailedAt })])).toEqual(new Date('2026-03-02T08:01:00Z'))
  const earlier = row({ mails: 2, mailedAt: new Date('2026-03-02T07:59:00Z'), endedAt: mailedAt })
  expect(nextMailAt(ADDRESS, [earlier, row({ mails: 1, mailedAt })])).toEqual(
    new Date('2026-03-02T08:30:00Z'),
  )
})

it('no hour has more than six, however often the meeting changes, and the last change is always told', () => {
  const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * HOUR }), fc.constantFrom(1, 2)), {
    minLength: 1,
  })
  fc.assert(
    fc.property(changes, (list) => {
      const sent: number[] = []
      const rows: MeetingInvitation[] = []
      let toldUntil = -1
      for (const [at, count] of list.sort(([one], [other]) => one - other)) {
        // A change during a wait becomes part of the mail that waits.
        if (at <= toldUntil) continue
        toldUntil = Math.max(at, nextMailAt(ADDRESS, rows)?.getTime() ?? at)
        for (let number = 0; number < count; number++) sent.push(toldUntil)
        rows.push(row({ mails: count, mailedAt: new Date(toldUntil) }))
      }
      for (const from of sent) {
        expect(sent.filter((at) => at >= from && at < from + HOUR).length).toBeLessThanOrEqual(6)
      }
      expect(toldUntil).toBeGreaterThanOrEqual(Math.max(...list.map(([at]) => at)))
    }),
  )
})
