// The mails that a visitor gets about meetings with agents who use Google or Outlook: ours, and the calendars' own.
import type { Mail } from '../../src/services/ports/mailer.ts'
import type { CalendarApp } from './calendars.ts'
import { emulatorsOf } from './providers/kits.ts'

/** For whom `book` books. */
export const VISITOR = 'grace@navy.example'

/** Our mails to the visitor, in order. */
export const mailsByUs = ({ mails }: CalendarApp): Mail[] => mails.filter(({ to }) => to.address === VISITOR)

/** What an agent's calendar has mailed to guests, in order. */
export const mailsByCalendar = (app: CalendarApp, account: { email: string }): string[] =>
  emulatorsOf(app)
    .flatMap<{ from: string; kind: string }>(({ mails }) => mails)
    .filter(({ from }) => from === account.email)
    .map(({ kind }) => kind)

const lineIn = (content: string | undefined, name: string): string | undefined =>
  content
    ?.replaceAll('\r\n ', '')
    .split('\r\n')
    .find((line) => line.startsWith(name))

/** @returns the UID of an iCalendar object */
export const uidIn = (content: string | undefined): string | undefined =>
  lineIn(content, 'UID:')?.slice('UID:'.length)

/** @returns the address of the organizer of an iCalendar object */
export const organizerIn = (content: string | undefined): string | undefined =>
  lineIn(content, 'ORGANIZER')?.replace(/^.*mailto:/, '')
