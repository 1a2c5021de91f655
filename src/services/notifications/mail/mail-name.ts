// Makes the name that somebody gave safe for the headers and the greeting of a mail that goes to others: whoever enters a
// foreign address must not be able to send it a message in a name.
import { singleLine } from './plain-text.ts'

/** Of a name in a mail, in characters as people count them. */
export const MAX_MAIL_NAME_LENGTH = 60

/** @param name of a visitor
 * @returns the name in one line, without what mail programs make a link of; can be empty */
export function visitorMailName(name: string): string {
  // What is invisible goes first: without it, what was apart could make an address.
  return mailName(visible(name.normalize('NFKC')).replace(SCHEMES, '').replace(JOINTS, ' '))
}

/** @param name of an agent, a workspace or a visitor
 * @returns the name in one line, without characters that change how the text around it is shown */
export function mailName(name: string): string {
  const [...letters] = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(visible(name))
  return letters
    .slice(0, MAX_MAIL_NAME_LENGTH)
    .map(({ segment }) => segment)
    .join('')
    .trim()
}

const visible = (text: string): string => singleLine(text).replace(INVISIBLE, '').replace(/\s+/g, ' ')

const SCHEMES = /[\p{L}\p{N}+.-]*:\/\//gu
/** What joins the parts of an address: a dot before at least two letters or digits, a colon, an at sign or a slash between
 * others. Initials (J.R.) stay. */
const JOINTS = /(?<=[\p{L}\p{N}-])[.。](?=[\p{L}\p{N}-]{2})|(?<=\S)[:@/\\](?=\S)/gu
/** Format characters, which include those that change the direction, without those that join letters. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/gu
