// Runs the examples of the README, as they stand there, in the demo's workspace.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { seedDemo } from '../../src/services/demo/seed-demo.ts'
import { data, startAppForTest } from '../kit/app.ts'
import { registeredAt } from '../kit/calendars.ts'
import type { Demo } from '../kit/server-process.ts'

it('the examples of the README book a meeting, ask for a chat and for a calendar, and its subscriptions are valid', async () => {
  const calendars = registeredAt((provider) => `http://${provider.toLowerCase()}.test`)
  const app = await startAppForTest({ calendars })
  app.clock.set('2026-11-25T08:00:00Z')
  await seedDemo(app.app.services)
  const { publicKey } = await app.app.services.database.workspace.findFirstOrThrow()
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
  const examples = [...readme.matchAll(/```graphql\n(.*?)```/gs)].map(([, text = '']) => text)
  expect(examples).toHaveLength(7)
  const [startVisit = '', slots = '', bookMeeting = '', console = ''] = examples
  const [requestLiveChat = '', conversation = '', startCalendarConnection = ''] = examples.slice(4)

  const visit = await data<{ startVisit: { token: string } }>(
    app.execute(startVisit.replace('pk_…', publicKey)),
  )
  const { token } = visit.startVisit
  const { slots: calendar } = await data<{ slots: { days: { slots: { startsAt: string }[] }[] } }>(
    app.execute(slots, { token }),
  )
  const starts = calendar.days.flatMap((day) => day.slots.map(({ startsAt }) => startsAt))
  expect(starts).toContain('2026-12-01T09:00:00.000Z')
  const booking = await data<{ bookMeeting: object }>(app.execute(bookMeeting, { token }))
  expect(booking.bookMeeting).toMatchObject({ __typename: 'Meeting', startsAt: '2026-12-01T09:00:00.000Z' })
  const chat = await data<{ requestLiveChat: object }>(app.execute(requestLiveChat, { token }))
  // No agent has opened a console.
  expect(chat.requestLiveChat).toMatchObject({ __typename: 'Conversation', state: 'MISSED' })
  const { identities } = await app
    .fetch('/demo', { headers: { accept: 'application/json' } })
    .then((response) => response.json() as Promise<Demo>)
  const connection = await data<{ startCalendarConnection: object }>(
    app.execute(startCalendarConnection, { token: identities[0]?.token ?? '' }),
  )
  expect(connection.startCalendarConnection).toMatchObject({
    __typename: 'CalendarAuthorization',
    authorizationUrl: expect.stringMatching(/^http:\/\/google\.test\//),
  })
  for (const subscription of [console, conversation]) {
    expect(validate(schema, parse(subscription))).toEqual([])
  }
})
