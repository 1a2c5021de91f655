// A scene (scene.ts) whose application has all providers of calendars.
import { startAfresh } from './calendar-looks.ts'
import { type CalendarApp, type CalendarAppOptions, startCalendarApp } from './calendars.ts'
import { type People, type Scene, useScene } from './scene.ts'

interface CalendarSceneOptions extends CalendarAppOptions {
  /** For example `startCalendarServer`. Left out: `startCalendarApp`. */
  start?: (options: CalendarAppOptions) => Promise<CalendarApp>
}

/** At the start of each test there are no calendars, and the providers work normally. */
export const useCalendarScene = <Cast extends People<CalendarApp>>(
  people: Cast,
  { start = startCalendarApp, ...options }: CalendarSceneOptions = {},
): Scene<CalendarApp, Cast> =>
  useScene(people, {
    start: () => start(options),
    begin: async (app) => {
      await startAfresh(app)
      return app.workspace
    },
  })
