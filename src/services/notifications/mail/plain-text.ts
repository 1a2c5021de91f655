// Makes untrusted text safe for a header, a line or a paragraph. It must never drop readable characters: it only
// removes or replaces control characters and ill-formed UTF-16.

/** Turns text into one line: every run of line breaks and other control characters becomes one space. */
export function singleLine(text: string): string {
  return text.toWellFormed().replace(LINE_BREAKERS, ' ').trim()
}

/** Normalises line breaks to \n. Tabs stay; other control characters are dropped. */
export function multiLine(text: string): string {
  return text.toWellFormed().replace(LINE_BREAKS, '\n').replace(OTHER_CONTROLS, '').trim()
}

const LINE_BREAKERS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
const LINE_BREAKS = /\r\n|[\r\u0085\p{Zl}\p{Zp}]/gu
const OTHER_CONTROLS = /[^\P{Cc}\n\t]/gu
