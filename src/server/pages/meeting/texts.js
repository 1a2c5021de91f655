// What the page says when something has come in between, and of links that show no meeting.
import { dated } from './elements.js'

export const UNREACHABLE = 'We cannot reach the server. Please check your connection and try again.'
export const CHANGED = 'The meeting was changed meanwhile. This is how it is now.'
export const ANOTHER_STANDS =
  'You already have another meeting, so nothing was booked. To move or to cancel it, open the link in the mail about it.'

export const taken = (time) => ['Sorry, ', dated(time), ' has just been taken. Please choose another time.']

const NOT_OFFERED = 'That time is no longer offered. Please choose another one.'
const REFUSALS = {
  TAKEN: 'Sorry, that time has just been taken. Please choose another one.',
  TOO_SOON: 'That time is too soon by now. Please choose a later one.',
  IN_PAST: 'That time has passed. Please choose a later one.',
  CALENDAR_UNREACHABLE:
    'We cannot check that time at the moment. Please try again in a few minutes, or choose another one.',
}

/** Why a mutation changed nothing.
 * @param outcome what it returned */
export function refusalOf({ __typename, reason }, { agent }) {
  if (__typename === 'SlotUnavailableError')
    return { isAboutTime: true, text: REFUSALS[reason] ?? NOT_OFFERED }
  if (__typename === 'NoAgentAvailableError') {
    const text = `${agent} takes no meetings at present. You can reply to the mail about your meeting.`
    return { isAboutTime: true, text }
  }
  return { isAboutTime: false, text: CHANGED }
}

export const DEAD_LINKS = {
  NONE: {
    title: 'Open the link from your mail',
    text: 'This page shows your meeting when you open it with the link in the mail about the meeting.',
  },
  UNKNOWN: {
    title: 'We do not know this link',
    text: 'Perhaps a part of it was lost when it was copied. Please open it from the mail about your meeting.',
  },
  LINK_EXPIRED: {
    title: 'This link has expired',
    text: 'Its meeting was long ago, or mails about it now go to another e-mail address. Please use the link in the latest mail about your meeting.',
  },
}
