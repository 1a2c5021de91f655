// Runs the examples of the README, as they stand there, in the demo's workspace.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { seedDemo } from '../../src/services/demo/seed-demo.ts'
import { data, startAppForTest } from '../kit/app.ts'
import { registeredAt } from '../kit/calendars.ts'
import { readDemo } from '../kit/demo.ts'

const WEEK_MS = 7 * 24 * 60 * 60 * 1000
const weekFrom = (from: Date) => ({ from, to: new Date(from.getTime() + WEEK_MS) })

it('the examples of the README book a meeting, ask for a chat and for a calendar, and its subscriptions are valid', async () => {
  const calendars = registeredAt((provider) => `http://${provider.toLowerCase()}.test`)
  const app = await startAppForTest({ calendars })
  await seedDemo(app.app.services)
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
  const examples = [...readme.matchAll(/```graphql\n(.*?)```/gs)].map(([, text = '']) => text)
  expect(examples).toHaveLength(8)
  const [startVisit = '', slots = '', bookMeeting = '', console = '', updateWorkspace = ''] = examples
  const [requestLiveChat = '', conversation = '', startCalendarConnection = ''] = examples.slice(5)

  const visit = await data<{ startVisit: { token: string } }>(app.execute(startVisit))
  const { token } = visit.startVisit
  const { slots: calendar } = await data<{ slots: { days: { slots: { startsAt: string }[] }[] } }>(
    app.execute(slots, { token, variables: weekFrom(app.clock.now()) }),
  )
  const startsAt = calendar.days[0]?.slots[0]?.startsAt
  const booking = await data<{ bookMeeting: object }>(
    app.execute(bookMeeting, { token, variables: { startsAt } }),
  )
  expect(booking.bookMeeting).toMatchObject({ __typename: 'Meeting', startsAt })
  const chat = await data<{ requestLiveChat: object }>(app.execute(requestLiveChat, { token }))
  // No agent has opened a console.
  expect(chat.requestLiveChat).toMatchObject({ __typename: 'Conversation', state: 'MISSED' })
  const { identities } = await readDemo(app)
  const admin = identities[0]?.token ?? ''
  expect(await data(app.execute(updateWorkspace, { token: admin }))).toMatchObject({
    updateWorkspace: { allowedOrigins: ['https://www.acme.example'] },
  })
  const connection = await data<{ startCalendarConnection: object }>(
    app.execute(startCalendarConnection, { token: admin }),
  )
  expect(connection.startCalendarConnection).toMatchObject({
    __typename: 'CalendarAuthorization',
    authorizationUrl: expect.stringMatching(/^http:\/\/google\.test\//),
  })
  for (const subscription of [console, conversation]) {
    expect(validate(schema, parse(subscription))).toEqual([])
  }
})
