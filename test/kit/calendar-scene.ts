// A scene (scene.ts) whose application has both providers of calendars.
import type { TestAppOptions } from './app.ts'
import { startAfresh } from './calendar-looks.ts'
import { type CalendarApp, startCalendarApp } from './calendars.ts'
import { type People, type Scene, useScene } from './scene.ts'

/** At the start of each test there is nothing at the providers, and nothing goes wrong there. */
export const useCalendarScene = <Cast extends People<CalendarApp>>(
  people: Cast,
  options: TestAppOptions = {},
): Scene<CalendarApp, Cast> =>
  useScene(people, {
    start: () => startCalendarApp(options),
    begin: async (app) => {
      await startAfresh(app)
      return app.workspace
    },
  })
