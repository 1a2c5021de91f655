// Texts of cards: a short list of HTML tags, and tokens. Widgets get them as runs, never as markup: values of tokens are
// filled in after the markup was read.
import sanitizeHtml from 'sanitize-html'
import { fillTokens, readTokens, shorten, type Token, type TokenValues } from '../../invitations/tokens.ts'
import { MAX_CARD_TEXT_LENGTH } from './limits.ts'

/** A part of a text with one format. Line breaks are in the text. */
export interface TextRun {
  text: string
  bold: boolean
  italic: boolean
  /** Where a link leads to: https, http or mailto. */
  url: string | null
}

export const ALLOWED_TAGS = ['a', 'b', 'br', 'em', 'i', 'li', 'ol', 'p', 'strong', 'ul']

/** Matches what HTML takes for the start of a tag or a comment; any other `<` is text. */
const TAG_START = /<[a-z/!?]/gi
const TAG = /<\/?([a-z][a-z0-9-]*)((?:\s+[^\s"'<>=/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*\/?>/iy
const ATTRIBUTE = /([^\s"'<>=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g
const LINK = /^(?:https?:\/\/[^\s]|mailto:[^\s])[^\s]*$/i

/** @returns what must not be in a text, as sentences */
export function findMarkupFaults(text: string): string[] {
  const faults = new Set<string>()
  TAG_START.lastIndex = 0
  for (let start = TAG_START.exec(text); start !== null; start = TAG_START.exec(text)) {
    TAG.lastIndex = start.index
    const tag = TAG.exec(text)
    if (tag === null) {
      faults.add('A < begins a tag or a comment that is not allowed. Write &lt; for the sign.')
      continue
    }
    for (const fault of faultsOfTag(tag)) faults.add(fault)
    TAG_START.lastIndex = TAG.lastIndex
  }
  return [...faults]
}

function faultsOfTag([, written = '', attributes = '']: RegExpExecArray): string[] {
  const name = written.toLowerCase()
  if (!ALLOWED_TAGS.includes(name)) {
    return [`The tag <${name}> is not allowed. These are: ${ALLOWED_TAGS.join(', ')}.`]
  }
  return [...attributes.matchAll(ATTRIBUTE)].flatMap(([, attribute = '', quoted, single]) => {
    if (name !== 'a' || attribute.toLowerCase() !== 'href') {
      return [`The attribute ${attribute} of <${name}> is not allowed. Only href of <a> is.`]
    }
    const url = quoted ?? single ?? ''
    if (readTokens(url).tokens.length > 0) return ['The address of a link must not contain tokens.']
    if (hasUser(url)) return ['The address of a link must not contain a user or a password.']
    return LINK.test(url) && URL.canParse(url) ? [] : ['A link must begin with https://, http:// or mailto:.']
  })
}

/** An `@` can also be written as an entity; no host has an `&`. */
function hasUser(url: string): boolean {
  const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: '' }
  return username !== '' || password !== '' || /^https?:[/\\]*[^/?#\\]*[@&]/i.test(url)
}

/** @returns the tokens of a text, and double braces that form none. A token must not contain tags */
export function readTokensOf(text: string): { tokens: Token[]; malformed: string[] } {
  if (!/\{\{|\}\}|&/.test(text)) return { tokens: [], malformed: [] }
  const read = textsIn(text).map(readTokens)
  return {
    tokens: read.flatMap(({ tokens }) => tokens),
    malformed: read.flatMap(({ malformed }) => malformed),
  }
}

/** What is between tags. Only texts with entities have to be parsed for it. */
function textsIn(text: string): string[] {
  if (!text.includes('&')) return text.split(/<\/?[a-z][^>]*>/i)
  return [...piecesOf(text)].flatMap((piece) => ('text' in piece ? [piece.text] : []))
}

/** Whether a text has only tags and spaces. */
export function isBlank(text: string): boolean {
  return [...piecesOf(text)].every((piece) => !('text' in piece) || piece.text.trim() === '')
}

/** @param text as it was saved
 * @returns what visitors see: the same as plain text, and in runs. Both are empty if only tokens without a value are left */
export function renderText(text: string, values: TokenValues): { text: string; runs: TextRun[] } {
  const flow = new TextFlow()
  for (const piece of piecesOf(text)) {
    if ('text' in piece) flow.write(fillTokens(piece.text, { values, destination: 'TEXT' }))
    else flow.take(piece)
  }
  const runs = flow.end()
  return { text: runs.map((run) => run.text).join(''), runs }
}

type Piece = { text: string } | TagPiece

interface TagPiece {
  tag: string
  isEnd: boolean
  url: string | null
}

/** Reads what `sanitizeHtml` writes, which is regular: `<` is always the start of a tag, tags are closed in order, and
 * only these entities are left. */
const PIECE = /<(\/?)([a-z]+)(?: href="([^"]*)")?(?: \/)?>|[^<]+/g
const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }

function* piecesOf(text: string): Generator<Piece> {
  // Most texts are plain.
  if (!/[<&]/.test(text)) return yield { text }
  const safe = sanitizeHtml(text, {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: { a: ['href'] },
    allowedSchemes: ['https', 'http', 'mailto'],
    allowProtocolRelative: false,
  })
  for (const [written, slash, tag, url] of safe.matchAll(PIECE)) {
    if (tag === undefined) yield { text: decoded(written) }
    else yield { tag, isEnd: slash === '/', url: url === undefined ? null : decoded(url) }
  }
}

const decoded = (text: string) =>
  text.replace(/&(?:lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? entity)

const PLAIN = { bold: false, italic: false, url: null }

/** Writes runs: keeps the formats that are open, and the line breaks between blocks. */
class TextFlow {
  readonly #runs: TextRun[] = []
  #bold = 0
  #italic = 0
  readonly #urls: (string | null)[] = []
  /** The open lists: the number of the last item, null in lists without numbers. */
  readonly #lists: (number | null)[] = []
  /** Line breaks and the mark of a list's item that come before the next text. */
  #breaks = 0
  #mark = ''

  take({ tag, isEnd, url }: TagPiece): void {
    const step = isEnd ? -1 : 1
    if (tag === 'b' || tag === 'strong') this.#bold += step
    else if (tag === 'i' || tag === 'em') this.#italic += step
    else if (tag === 'br') this.#breaks += 1
    else if (tag === 'p') this.#breakLines(this.#lists.length > 0 ? 1 : 2)
    else if (tag === 'li') this.#item(isEnd)
    else if (tag === 'a') isEnd ? this.#urls.pop() : this.#urls.push(url)
    else this.#list(tag, isEnd)
  }

  write(text: string): void {
    const isAtBreak = this.#runs.length === 0 || this.#breaks > 0 || this.#mark !== ''
    const words = isAtBreak ? text.trimStart() : text
    if (words === '') return
    if (this.#breaks > 0) this.#breakHere()
    this.#append(this.#runs.length === 0 ? this.#mark.trimStart() : this.#mark, PLAIN)
    this.#breaks = 0
    this.#mark = ''
    this.#append(words, { bold: this.#bold > 0, italic: this.#italic > 0, url: this.#urls.at(-1) ?? null })
  }

  /** @returns the runs, without blanks at the end, as long as a message may be */
  end(): TextRun[] {
    let room = MAX_CARD_TEXT_LENGTH
    this.#trimEnd()
    return this.#runs.flatMap((run) => {
      if (room <= 0) return []
      const text = shorten(run.text, room)
      room -= text.length
      return [{ ...run, text }]
    })
  }

  #list(tag: string, isEnd: boolean): void {
    this.#breakLines(1)
    if (isEnd) this.#lists.pop()
    else this.#lists.push(tag === 'ol' ? 0 : null)
  }

  #item(isEnd: boolean): void {
    this.#breakLines(1)
    if (isEnd) return
    const depth = Math.max(this.#lists.length - 1, 0)
    const last = this.#lists.pop() ?? null
    const number = last === null ? null : last + 1
    this.#lists.push(number)
    this.#mark = `${'  '.repeat(depth)}${number === null ? '•' : `${number}.`} `
  }

  #breakLines(count: number): void {
    this.#breaks = Math.max(this.#breaks, count)
  }

  #breakHere(): void {
    this.#trimEnd()
    if (this.#runs.length > 0) this.#append('\n'.repeat(this.#breaks), PLAIN)
  }

  #trimEnd(): void {
    for (let last = this.#runs.at(-1); last !== undefined; last = this.#runs.at(-1)) {
      last.text = last.text.trimEnd()
      if (last.text !== '') return
      this.#runs.pop()
    }
  }

  #append(text: string, format: Omit<TextRun, 'text'>): void {
    if (text === '') return
    const last = this.#runs.at(-1)
    const { bold, italic, url } = format
    if (last && last.bold === bold && last.italic === italic && last.url === url) last.text += text
    else this.#runs.push({ text, ...format })
  }
}
