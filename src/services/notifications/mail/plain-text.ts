// Makes text from outside safe to stand in a header, a line or a paragraph. Must never drop anything that can
// be read: only control characters and broken UTF-16 go.

/** Text on one line: every run of line breaks and other control characters becomes one space. */
export function singleLine(text: string): string {
  return text.toWellFormed().replace(LINE_BREAKERS, ' ').trim()
}

/** Text of several lines, separated by \n. Tabs stay; other control characters are dropped. */
export function multiLine(text: string): string {
  return text.toWellFormed().replace(LINE_BREAKS, '\n').replace(OTHER_CONTROLS, '').trim()
}

const LINE_BREAKERS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
const LINE_BREAKS = /\r\n|[\r\u0085\p{Zl}\p{Zp}]/gu
const OTHER_CONTROLS = /[^\P{Cc}\n\t]/gu
