// calendarList, calendars and settings of the Calendar API: read only.
import type { Method } from './call.ts'
import { notFound } from './errors.ts'
import { type Calendar, getCalendar } from './state.ts'

export const list: Method = ({ account }) => ({
  status: 200,
  body: {
    kind: 'calendar#calendarList',
    etag: '"p33k8s8k"',
    items: [...account.calendars.values()].map(showEntry),
  },
})

export const getEntry: Method = ({ account, at }) => ({
  status: 200,
  body: showEntry(getCalendar(account, at.calendarId ?? '')),
})

export const get: Method = ({ account, at }) => {
  const { id, summary, timeZone, conferenceTypes } = getCalendar(account, at.calendarId ?? '')
  const conferenceProperties = { allowedConferenceSolutionTypes: conferenceTypes }
  return {
    status: 200,
    body: { kind: 'calendar#calendar', etag: '"c4l"', id, summary, timeZone, conferenceProperties },
  }
}

export const getSetting: Method = ({ account, at }) => {
  const values: Record<string, string> = {
    timezone: account.timeZone,
    locale: 'en',
    format24HourTime: 'true',
  }
  const id = at.setting ?? ''
  if (values[id] === undefined) throw notFound()
  return { status: 200, body: { kind: 'calendar#setting', etag: '"s3t"', id, value: values[id] } }
}

function showEntry({ id, summary, timeZone, primary, conferenceTypes }: Calendar) {
  return {
    kind: 'calendar#calendarListEntry',
    etag: '"3ntry"',
    id,
    summary,
    timeZone,
    ...(primary ? { primary: true } : {}),
    accessRole: 'owner',
    selected: true,
    colorId: '14',
    defaultReminders: [],
    conferenceProperties: { allowedConferenceSolutionTypes: conferenceTypes },
  }
}
