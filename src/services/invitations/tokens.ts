// Tokens in texts: `{{lead.firstName:"there"}}` has a family, an attribute and, in quotes, a fallback that is used when
// there is no value. The functions are pure and never throw: malformed tokens stay as written, unknown tokens have no
// value.
import { ATTRIBUTE_NAME } from '../attributes/attribute.ts'
import { multiLine, singleLine } from '../notifications/mail/plain-text.ts'

/** Whom or what a value belongs to. */
export type Family = 'lead' | 'company' | 'agent' | 'meeting'

/** A token as written in a text. */
export interface Token {
  family: string
  attribute: string
  /** Null when the token has none. */
  fallback: string | null
  /** With its braces. */
  written: string
}

/** Values by family and attribute. Anything but text, numbers and booleans counts as no value. */
export type TokenValues = Record<Family, Record<string, unknown>>

/** Where a text goes: a subject is one line, a body may have several. Both are plain text. Code that puts them into
 * HTML or a calendar object must escape all of it, the agent's words as well as the values. */
type Destination = 'LINE' | 'TEXT'

/** In characters. Longer texts are cut off, because visitors control how long values are. */
const MAX_RENDERED_LENGTH: Record<Destination, number> = { LINE: 255, TEXT: 20_000 }

const CLEAN: Record<Destination, (value: string) => string> = { LINE: singleLine, TEXT: multiLine }

/** Matches a token, and also double braces that form no token, with anything they enclose. */
const BRACES = new RegExp(
  `\\{\\{\\s*([A-Za-z]+)\\s*\\.\\s*(${ATTRIBUTE_NAME})\\s*(?::\\s*"([^"]*)"\\s*)?\\}\\}|\\{\\{[^{}\\n]*\\}\\}|\\{\\{|\\}\\}`,
  'g',
)

/** @returns the tokens of a text in order, and the double braces that form no token */
export function readTokens(template: string): { tokens: Token[]; malformed: string[] } {
  const tokens: Token[] = []
  const malformed: string[] = []
  for (const match of template.matchAll(BRACES)) {
    const token = toToken(match)
    if (token === null) malformed.push(match[0])
    else tokens.push(token)
  }
  return { tokens, malformed }
}

/** Stands for a token without a value, until the spaces around it are set right: a code point that is no character. */
const NO_VALUE = '\uFFFF'
/** One or more of them, with the spaces around. */
const NO_VALUES = / *\uFFFF(?: *\uFFFF)* */g

/** Replaces the tokens of a text. Tokens within values are not replaced. In a subject, a token without a value takes a
 * space with it that would be left over.
 * @returns the text, trimmed */
export function renderTemplate(
  template: string,
  { values, destination }: { values: TokenValues; destination: Destination },
): string {
  const rendered = fillTokens(template, { values, destination })
  const joined = destination === 'LINE' ? rendered.replace(NO_VALUES, joinAround) : rendered
  return shorten(joined.trim(), MAX_RENDERED_LENGTH[destination])
}

/** The same for a part of a text: spaces and length stay as they are. In a LINE, a token without a value leaves a mark.
 * @returns the part with the values in it */
export function fillTokens(
  template: string,
  { values, destination }: { values: TokenValues; destination: Destination },
): string {
  return template.replace(BRACES, (...match) => {
    const token = toToken(match)
    if (token === null) return match[0]
    const value = CLEAN[destination](valueFor(token, values))
    const text = value === '' ? (token.fallback ?? '') : value
    return text === '' && destination === 'LINE' ? NO_VALUE : text
  })
}

/** @returns what is left of the spaces: one, or none before a closing sign or after an opening one */
function joinAround(spaces: string, at: number, text: string): string {
  const isBeforeClosing = !spaces.endsWith(' ') && /^[,.;:!?)\]]/.test(text.slice(at + spaces.length))
  const isAfterOpening = !spaces.startsWith(' ') && /[([]$/.test(text.slice(0, at))
  return spaces.includes(' ') && !isBeforeClosing && !isAfterOpening ? ' ' : ''
}

function toToken([written, family, attribute, fallback]: (string | undefined)[]): Token | null {
  if (written === undefined || family === undefined || attribute === undefined) return null
  return { family, attribute, fallback: fallback ?? null, written }
}

/** Only own properties count: a template may name a family like an inherited method, such as `toString`. */
function valueFor({ family, attribute }: Token, values: TokenValues): string {
  const value = Object.hasOwn(values, family) ? values[family as Family][attribute] : null
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : ''
}

/** Never cuts a surrogate pair in two. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return `${text.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…`
}
