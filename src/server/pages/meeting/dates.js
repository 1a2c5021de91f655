// Formats dates in the visitor's language and the chosen time zone. Days are dates such as "2026-12-08", and months are
// such as "2026-12".

const DAY_MS = 24 * 60 * 60 * 1000
/** Monday; for browsers that do not know the customs of a language. */
const FIRST_WEEKDAY = 1
const WEEK = [0, 1, 2, 3, 4, 5, 6]

/** The visitor's preferred languages, of which the first that the browser can format is used. */
const languages = navigator.languages.filter(isLanguage)

const format = (options) => new Intl.DateTimeFormat(languages, options)
const inUtc = (options) => format({ timeZone: 'UTC', ...options })

/** The language of all that is formatted here, for `lang`. */
export const language = format().resolvedOptions().locale

/** Some systems name languages as no browser should, for example "en-US@posix". */
function isLanguage(tag) {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/** @returns null where the browser does not know it */
export function ownTimeZone() {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return timeZone && timeZone !== 'Etc/Unknown' ? timeZone : null
}

const startOf = (day) => Date.parse(`${day}T00:00Z`)
const dayOf = (time) => new Date(time).toISOString().slice(0, 10)

const dayFormat = inUtc({ weekday: 'long', day: 'numeric', month: 'long' })
const monthFormat = inUtc({ month: 'long', year: 'numeric' })
const numberFormat = inUtc({ day: 'numeric' })
const weekdayFormats = { long: inUtc({ weekday: 'long' }), short: inUtc({ weekday: 'short' }) }

export const formatDay = (day) => dayFormat.format(startOf(day))
export const formatMonth = (month) => monthFormat.format(startOf(`${month}-01`))
export const formatDayNumber = (day) => numberFormat.format(startOf(day))

export const monthOf = (day) => day.slice(0, 7)

/** @returns the month that many months later */
export function addMonths(month, count) {
  const [year, number] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + count)).toISOString().slice(0, 7)
}

/** The weeks of a month in the order of the visitor's language: days, and null for days of other months. */
export function weeksOf(month) {
  const first = startOf(`${month}-01`)
  const before = (new Date(first).getUTCDay() - firstWeekday() + 7) % 7
  const weeks = []
  for (let time = first - before * DAY_MS; dayOf(time) < `${addMonths(month, 1)}-01`; time += 7 * DAY_MS) {
    const days = WEEK.map((index) => dayOf(time + index * DAY_MS))
    weeks.push(days.map((day) => (monthOf(day) === month ? day : null)))
  }
  return weeks
}

/** The names of the weekdays in the order of `weeksOf`. */
export function weekdayNames() {
  // A Sunday.
  const sunday = startOf('2026-11-01')
  const times = WEEK.map((index) => sunday + (firstWeekday() + index) * DAY_MS)
  return times.map((time) => ({
    long: weekdayFormats.long.format(time),
    short: weekdayFormats.short.format(time),
  }))
}

/** @returns 0 for Sunday to 6 for Saturday */
function firstWeekday() {
  const locale = new Intl.Locale(language)
  const { firstDay } = locale.getWeekInfo?.() ?? locale.weekInfo ?? { firstDay: FIRST_WEEKDAY }
  return firstDay % 7
}

/** The range to ask for the slots of a month in any time zone: these are up to 14 hours ahead of UTC, and 12 behind. */
export function rangeOf(month) {
  const hour = DAY_MS / 24
  const from = new Date(startOf(`${month}-01`) - 14 * hour)
  const to = new Date(startOf(`${addMonths(month, 1)}-01`) + 12 * hour)
  return { from, to }
}

/** The formats that depend on the time zone. */
export function datesIn(timeZone) {
  const inZone = (options) => format({ timeZone, ...options })
  const full = inZone({ dateStyle: 'full', timeStyle: 'short' })
  const time = inZone({ timeStyle: 'short' })
  // Of all languages, Swedish writes a date as ISO 8601 does.
  const isoDate = new Intl.DateTimeFormat('sv', { timeZone })
  const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' })
  const date = (instant) => new Date(instant)
  return {
    timeZone,
    formatStart: (instant) => full.format(date(instant)),
    formatSpan: ({ startsAt, endsAt }) => full.formatRange(date(startsAt), date(endsAt)),
    formatTime: (instant) => time.format(date(instant)),
    formatTimes: ({ startsAt, endsAt }) => time.formatRange(date(startsAt), date(endsAt)),
    dayOf: (instant) => isoDate.format(date(instant)),
    /** For example "GMT+1". */
    offsetAt: (instant) =>
      offset.formatToParts(date(instant)).find(({ type }) => type === 'timeZoneName').value,
  }
}

/** The zones to choose from, by region, with the chosen one in any case. */
export function zonesByRegion(chosen) {
  const names = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', chosen])
  const zones = [...names].sort().map((name) => {
    const [region, ...places] = name.split('/')
    const place = places.join(', ').replaceAll('_', ' ')
    return places.length === 0 ? { name, region: 'Other', place: name } : { name, region, place }
  })
  const regions = new Map()
  for (const zone of zones) regions.set(zone.region, [...(regions.get(zone.region) ?? []), zone])
  return regions
}
