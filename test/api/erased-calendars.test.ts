// The calendars of agents at their providers forget a person who is erased (docs/semantics.md, section 11).
import { encodeGlobalID } from '@pothos/plugin-relay'
import { expect, it } from 'vitest'
import { at, bookWith, readMeeting } from '../kit/calendar-looks.ts'
import { mailsByCalendar } from '../kit/calendar-mails.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import { createConnectedAgent, PROVIDERS, runDueCalendarWork } from '../kit/calendars.ts'
import { DAY } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'
import { visitorOf } from '../kit/people.ts'
import { aVisitor } from '../kit/scene.ts'

const { app, admin, visitor } = useCalendarScene({ visitor: aVisitor })

it.each(PROVIDERS)('the event of a past meeting is removed at %s', async (provider) => {
  const { agent, account } = await createConnectedAgent(app, provider)
  const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
  await runDueCalendarWork(app)
  expect(account.events()).toHaveLength(1)
  const mails = mailsByCalendar(app, account)
  app.clock.advance(2 * DAY)
  const { personId } = await visitorOf(app, visitor.token)
  const input = { personId: encodeGlobalID('Person', personId) }
  const select = '... on ErasedPerson { complete meetings }'
  const erased = await mutate(app, { mutation: 'erasePerson', token: admin.token, input, select })
  expect(erased).toMatchObject({ complete: true, meetings: 1 })
  await runDueCalendarWork(app)
  expect(account.events()).toEqual([])
  // Microsoft tells the guests of an event when its organizer deletes it, also if the program does not ask for it.
  const more = provider === 'MICROSOFT' ? ['CANCELLATION'] : []
  expect(mailsByCalendar(app, account)).toEqual([...mails, ...more])
  expect(await readMeeting(app, id)).toMatchObject({
    status: 'SCHEDULED',
    subject: '',
    conferenceUrl: null,
  })
})
