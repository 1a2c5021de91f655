// Parses texts with tokens character by character, independently of the product's regular expressions.

interface OracleToken {
  family: string
  attribute: string
  fallback: string | null
}

export type OraclePart = { plain: string } | { malformed: string } | { token: OracleToken; written: string }

const BLANKS = ' \t\n\r\f\v\u00a0\ufeff\u2028\u2029\u1680\u202f\u205f\u3000'
const isBlank = (char: string) => BLANKS.includes(char) || (char >= '\u2000' && char <= '\u200a')
const isLetter = (char: string) => (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z')
const isDigit = (char: string) => char >= '0' && char <= '9'

export function oracleParts(text: string): OraclePart[] {
  const parts: OraclePart[] = []
  let plain = ''
  const push = (part: OraclePart) => {
    if (plain !== '') parts.push({ plain })
    plain = ''
    parts.push(part)
  }
  for (let at = 0; at < text.length; ) {
    const two = text.slice(at, at + 2)
    if (two !== '{{' && two !== '}}') {
      plain += text[at++]
      continue
    }
    const token = two === '{{' ? tokenAt(text, at) : null
    const written = token?.written ?? enclosedAt(text, at)
    push(token ?? { malformed: written })
    at += written.length
  }
  if (plain !== '') parts.push({ plain })
  return parts
}

/** A pair of double braces with what they enclose on the same line, or a single double brace. */
function enclosedAt(text: string, at: number): string {
  const two = text.slice(at, at + 2)
  const end = text.indexOf('}}', at + 2)
  if (two === '}}' || end < 0) return two
  const inside = text.slice(at + 2, end)
  return ['{', '}', '\n'].some((char) => inside.includes(char)) ? two : text.slice(at, end + 2)
}

function tokenAt(text: string, start: number): { token: OracleToken; written: string } | null {
  let at = start + 2
  const take = (belongs: (char: string) => boolean) => {
    const from = at
    while (at < text.length && belongs(text[at] ?? '')) at++
    return text.slice(from, at)
  }
  const takeOne = (char: string) => {
    if (text[at] !== char) return false
    at++
    return true
  }
  take(isBlank)
  const family = take(isLetter)
  take(isBlank)
  if (family === '' || !takeOne('.')) return null
  take(isBlank)
  const attribute = take((char) => isLetter(char) || isDigit(char) || char === '_')
  if (attribute === '' || isDigit(attribute[0] ?? '') || attribute.length > 100) return null
  take(isBlank)
  let fallback: string | null = null
  if (takeOne(':')) {
    take(isBlank)
    if (!takeOne('"')) return null
    fallback = take((char) => char !== '"')
    if (!takeOne('"')) return null
    take(isBlank)
  }
  if (!takeOne('}') || !takeOne('}')) return null
  return { token: { family, attribute, fallback }, written: text.slice(start, at) }
}
