// The routes of the user, the mailbox settings and the calendars.
import type { Answer } from '../http-server.ts'
import { type Call, requireCalendar } from './graph-call.ts'
import type { Calendar } from './model.ts'
import { allowedProviders } from './online-meeting.ts'

export function getUser({ world, account }: Call): Answer {
  const [givenName, ...others] = account.name.split(' ')
  const body = {
    '@odata.context': `${world.origin}/v1.0/$metadata#users/$entity`,
    businessPhones: [],
    displayName: account.name,
    givenName,
    jobTitle: null,
    // A work account without a mailbox may have no mail address.
    mail: account.hasMailbox || account.kind === 'personal' ? account.email : null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: others.join(' '),
    userPrincipalName: account.email,
    id: account.kind === 'work' ? account.userId : account.userId.slice(-17).replaceAll('-', ''),
  }
  return { status: 200, body }
}

export function getMailboxSettings({ world, account }: Call): Answer {
  const body = {
    '@odata.context': `${world.origin}/v1.0/$metadata#users('${account.userId}')/mailboxSettings`,
    timeZone: account.timeZone,
    language: { locale: 'en-US', displayName: 'English (United States)' },
    dateFormat: 'MM/dd/yyyy',
    timeFormat: 'hh:mm tt',
    delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
    workingHours: {
      daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      startTime: '08:00:00.0000000',
      endTime: '17:00:00.0000000',
      timeZone: { '@odata.type': '#microsoft.graph.timeZoneBase', name: account.timeZone },
    },
    userPurpose: 'user',
  }
  return { status: 200, body }
}

export function getCalendar(call: Call): Answer {
  const calendar = requireCalendar(call.account, call.parts[0])
  const context = `${call.world.origin}/v1.0/$metadata#me/calendars/$entity`
  return { status: 200, body: { '@odata.context': context, ...showCalendar(call, calendar) } }
}

export function listCalendars(call: Call): Answer {
  const context = `${call.world.origin}/v1.0/$metadata#me/calendars`
  const value = call.account.calendars.map((calendar) => showCalendar(call, calendar))
  return { status: 200, body: { '@odata.context': context, value } }
}

function showCalendar({ account }: Call, { id, name, isDefault }: Calendar) {
  const allowed = allowedProviders(account)
  return {
    id,
    name,
    color: 'auto',
    hexColor: '',
    isDefaultCalendar: isDefault,
    changeKey: 'nfZyf7VcrEKLNoU37KWlkQAAA0x0+w==',
    canShare: true,
    canViewPrivateItems: true,
    canEdit: true,
    allowedOnlineMeetingProviders: allowed,
    defaultOnlineMeetingProvider: allowed[0] ?? 'unknown',
    isTallyingResponses: account.kind === 'work',
    isRemovable: !isDefault,
    owner: { name: account.name, address: account.email },
  }
}
