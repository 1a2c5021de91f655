// Reads CSV as RFC 4180 has it, character by character.

/** @returns the cells of each line
 * @throws Error for a text that is not CSV */
export function readCsv(text: string): string[][] {
  const lines: string[][] = []
  let rest = text
  while (rest !== '') {
    const cells: string[] = []
    for (let isLast = false; !isLast; ) {
      const [whole, quoted, plain = '', end] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? []
      if (whole === undefined) throw new Error(`This is no CSV: ${JSON.stringify(rest.slice(0, 80))}`)
      cells.push(quoted?.replaceAll('""', '"') ?? plain)
      isLast = end === '\r\n'
      rest = rest.slice(whole.length)
    }
    lines.push(cells)
  }
  return lines
}
