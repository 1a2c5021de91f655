// The scopes that each method of the Calendar API accepts; one of them is enough. The lists are taken from the
// documentation in npm googleapis 173 (Apache-2.0).

export const SCOPE_PREFIX = 'https://www.googleapis.com/auth/'

const WRITE_EVENTS = ['calendar', 'calendar.app.created', 'calendar.events', 'calendar.events.owned']
const READ_EVENTS = [
  'calendar',
  'calendar.app.created',
  'calendar.events',
  'calendar.events.freebusy',
  'calendar.events.owned',
  'calendar.events.owned.readonly',
  'calendar.events.public.readonly',
  'calendar.events.readonly',
  'calendar.readonly',
]

const ACCEPTED_SCOPES = {
  'calendarList.list': [
    'calendar',
    'calendar.calendarlist',
    'calendar.calendarlist.readonly',
    'calendar.readonly',
  ],
  'calendarList.get': [
    'calendar',
    'calendar.app.created',
    'calendar.calendarlist',
    'calendar.calendarlist.readonly',
    'calendar.readonly',
  ],
  'calendars.get': [
    'calendar',
    'calendar.app.created',
    'calendar.calendars',
    'calendar.calendars.readonly',
    'calendar.readonly',
  ],
  'settings.get': ['calendar', 'calendar.readonly', 'calendar.settings.readonly'],
  'events.insert': WRITE_EVENTS,
  'events.get': READ_EVENTS,
  'events.list': READ_EVENTS,
  'events.instances': READ_EVENTS,
  'events.patch': WRITE_EVENTS,
  'events.update': WRITE_EVENTS,
  'events.delete': WRITE_EVENTS,
  'events.watch': READ_EVENTS,
  'channels.stop': [
    'calendar',
    'calendar.acls',
    'calendar.acls.readonly',
    'calendar.app.created',
    'calendar.calendarlist',
    'calendar.calendarlist.readonly',
    'calendar.events',
    'calendar.events.freebusy',
    'calendar.events.owned',
    'calendar.events.owned.readonly',
    'calendar.events.public.readonly',
    'calendar.events.readonly',
    'calendar.readonly',
    'calendar.settings.readonly',
  ],
  'freebusy.query': ['calendar', 'calendar.events.freebusy', 'calendar.freebusy', 'calendar.readonly'],
} satisfies Record<string, string[]>

export type ApiMethod = keyof typeof ACCEPTED_SCOPES

/** The full names of the scopes, as in tokens. */
export function acceptedScopes(method: ApiMethod): string[] {
  return ACCEPTED_SCOPES[method].map((scope) => `${SCOPE_PREFIX}${scope}`)
}
