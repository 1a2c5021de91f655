import { parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { createCalendarExamples } from '../../src/server/pages/calendar-examples.ts'
import {
  type CalendarRegistrations,
  createCalendarProviders,
} from '../../src/services/calendars/providers.ts'
import { seedDemo } from '../../src/services/demo/seed-demo.ts'
import { startAppForTest, type TestApp } from '../kit/app.ts'
import { registeredAt } from '../kit/calendars.ts'

const calendars = registeredAt((provider) => `http://${provider.toLowerCase()}.test`)

/** @returns the text of the demo's page and of GraphiQL */
async function readPages(app: TestApp): Promise<string[]> {
  await seedDemo(app.app.services)
  const read = (path: string) =>
    app.fetch(path, { headers: { accept: 'text/html' } }).then((response) => response.text())
  return Promise.all(['/demo', '/graphql'].map(read))
}

const namesOf = (examples: ReturnType<typeof createCalendarExamples>) => examples.map(({ name }) => name)

describe("the demo's examples of calendars", () => {
  it('are shown where the installation is registered, are valid, and return to the page', async () => {
    const app = await startAppForTest({ calendars })
    const examples = createCalendarExamples(app.app.services)
    for (const page of await readPages(app)) {
      for (const { query } of examples) expect(page).toContain(JSON.stringify(query).slice(1, -1))
    }
    for (const { name, query } of examples) expect(validate(schema, parse(query)), name).toEqual([])
    const returnUrl = 'http://switchboard.test/demo'
    expect(examples[1]?.variables).toEqual({ input: { provider: 'GOOGLE', returnUrl } })
  })

  it('are those of the providers at which it is registered', async () => {
    const { services } = (await startAppForTest({ calendars })).app
    expect(namesOf(createCalendarExamples(services))).toEqual([
      'Disconnect the calendar',
      'Connect a calendar of Google',
      'Connect a calendar of Outlook',
      'Your calendar',
      'Free slots of this calendar',
      'Book into this calendar',
      'The meeting in the calendar',
    ])
    const only = (registrations: CalendarRegistrations) =>
      namesOf(createCalendarExamples({ ...services, calendars: createCalendarProviders(registrations) }))
    const { GOOGLE = null, MICROSOFT = null } = calendars
    expect(only({ GOOGLE })).toContain('Connect a calendar of Google')
    expect(only({ GOOGLE })).not.toContain('Connect a calendar of Outlook')
    expect(only({ MICROSOFT })).toContain('Connect a calendar of Outlook')
    expect(only({ MICROSOFT })).not.toContain('Connect a calendar of Google')
  })

  it('are not shown where it is not registered', async () => {
    for (const page of await readPages(await startAppForTest())) {
      expect(page).toContain('query WhoAmI')
      expect(page).not.toContain('disconnectCalendar')
      expect(page).not.toContain('startCalendarConnection')
    }
  })
})
