// Writes tables as CSV (RFC 4180) that is safe to open in a spreadsheet. Pure.

export type Cell = string | number | null

/** With these a spreadsheet begins a formula, also in their full width, or skips white space before one. */
const BEGINS_FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
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
