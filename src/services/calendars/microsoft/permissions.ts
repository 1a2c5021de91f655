import { LASTING_ACCESS, type OAuthPermissions, OPENID_DESCRIPTIONS } from '../connection/permissions.ts'

const CALENDAR = ['Calendars.ReadWrite', 'MailboxSettings.Read']

export const MICROSOFT_PERMISSIONS: OAuthPermissions = {
  scopes: {
    least: ['openid', 'email', 'profile', 'offline_access', ...CALENDAR],
    full: ['openid', 'email', 'profile', 'offline_access', 'User.Read', ...CALENDAR],
  },
  needed: CALENDAR.map((scope) => [scope]),
  descriptions: {
    ...OPENID_DESCRIPTIONS,
    'Calendars.ReadWrite':
      'See, change and delete the events of your calendars. It is used to know when you are busy and to write meetings.',
    'MailboxSettings.Read': 'Read the time zone of the mailbox, to place events that last whole days.',
    'User.Read': 'Sign you in and read your profile.',
    offline_access: LASTING_ACCESS,
  },
}
