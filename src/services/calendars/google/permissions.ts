import { LASTING_ACCESS, type OAuthPermissions, OPENID_DESCRIPTIONS } from '../connection/permissions.ts'

const EVENTS = 'https://www.googleapis.com/auth/calendar.events'
const CALENDAR = 'https://www.googleapis.com/auth/calendar'
/** A parameter of the request, not a scope. */
export const OFFLINE = 'access_type=offline'

export const GOOGLE_PERMISSIONS: OAuthPermissions = {
  scopes: {
    least: ['openid', 'email', EVENTS],
    full: ['openid', 'email', 'profile', CALENDAR],
  },
  needed: [[EVENTS, CALENDAR]],
  descriptions: {
    ...OPENID_DESCRIPTIONS,
    'https://www.googleapis.com/auth/userinfo.email': OPENID_DESCRIPTIONS.email,
    'https://www.googleapis.com/auth/userinfo.profile': OPENID_DESCRIPTIONS.profile,
    [EVENTS]: 'View the events of the calendar, to know when you are busy, and write meetings into it.',
    [CALENDAR]:
      'See, change, share and permanently delete your calendars and their events, and change their settings. It is used to know when you are busy and to write meetings.',
    [OFFLINE]: LASTING_ACCESS,
  },
}
