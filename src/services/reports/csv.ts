// Writes tables as CSV (RFC 4180) that is safe to open in a spreadsheet. Pure.

export type Cell = string | number | null

/** With these a spreadsheet begins a formula, also in their full width or with the sign for minus, or skips white space and
 * characters that cannot be seen before one. */
const BEGINS_FORMULA =
  /^[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*[=+\-@\t\r\n\u2212\uff1d\uff0b\uff0d\uff20]/u
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/

/** @param rows each with a cell for each name of the header
 * @returns lines that end with CR LF. A text that a spreadsheet would take for a formula begins with an apostrophe */
export function writeCsv(header: string[], rows: Cell[][]): string {
  return [header, ...rows].map((cells) => `${cells.map(writeCell).join(',')}\r\n`).join('')
}

function writeCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = BEGINS_FORMULA.test(cell) ? `'${cell}` : cell
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
