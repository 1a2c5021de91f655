// Tokens in texts: `{{lead.firstName:"there"}}`, that is a family, an attribute and, in quotes, what stands there when
// there is no value. Pure, and never throws: what is no token stays as it is written, and what is unknown has no value.
import { multiLine, singleLine } from '../notifications/mail/plain-text.ts'

/** Who or what a value belongs to. */
export type Family = 'lead' | 'company' | 'agent' | 'meeting'

/** A token as it stands in a text. */
export interface Token {
  family: string
  attribute: string
  /** Null where none is written. */
  fallback: string | null
  /** With its braces. */
  written: string
}

/** Values by family and attribute. What is neither text, number nor boolean counts as none. */
export type TokenValues = Record<Family, Record<string, unknown>>

/** Where a text goes: a subject is one line, a body may have several. Both are plain text; whoever puts them into HTML
 * or a calendar object escapes them there, the agent's words like the values. */
export type Destination = 'LINE' | 'TEXT'

/** In characters. What values make longer is cut off: they come from visitors. */
const MAX_RENDERED_LENGTH: Record<Destination, number> = { LINE: 255, TEXT: 20_000 }

const CLEAN: Record<Destination, (value: string) => string> = { LINE: singleLine, TEXT: multiLine }

/** How attributes are called, as an expression of JavaScript and of Postgres alike. */
export const ATTRIBUTE_NAME = '[A-Za-z_][A-Za-z0-9_]{0,99}'

/** A token, or else two braces that are none, with what they enclose where they enclose anything. */
const BRACES = new RegExp(
  `\\{\\{\\s*([A-Za-z]+)\\s*\\.\\s*(${ATTRIBUTE_NAME})\\s*(?::\\s*"([^"]*)"\\s*)?\\}\\}|\\{\\{[^{}\\n]*\\}\\}|\\{\\{|\\}\\}`,
  'g',
)

/** @returns the tokens of a text in order, and what stands in two braces and is none */
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

/** Replaces the tokens of a text. Values are not looked through for tokens again.
 * @returns the text without blanks around it */
export function renderTemplate(
  template: string,
  { values, destination }: { values: TokenValues; destination: Destination },
): string {
  const rendered = template.replace(BRACES, (...match) => {
    const token = toToken(match)
    if (token === null) return match[0]
    const value = CLEAN[destination](valueFor(token, values))
    return value === '' ? (token.fallback ?? '') : value
  })
  return shorten(rendered.trim(), MAX_RENDERED_LENGTH[destination])
}

function toToken([written, family, attribute, fallback]: (string | undefined)[]): Token | null {
  if (written === undefined || family === undefined || attribute === undefined) return null
  return { family, attribute, fallback: fallback ?? null, written }
}

/** A family may be called like a method of every object, which has a name. */
function valueFor({ family, attribute }: Token, values: TokenValues): string {
  const value = Object.hasOwn(values, family) ? values[family as Family][attribute] : null
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : ''
}

/** Cuts no character in two. */
function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return `${text.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…`
}
