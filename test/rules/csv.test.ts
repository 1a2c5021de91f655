import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeCsv } from '../../src/services/reports/csv.ts'
import { readCsv } from '../kit/csv.ts'
import { RUNS } from './properties.ts'

const write = (...cells: (string | number | null)[]) => writeCsv(['a'], [cells])

describe('a table as CSV', () => {
  it.each<[string, (string | number | null)[], string]>([
    ['numbers, with a point', [0, 12, 2.5, -3], '0,12,2.5,-3'],
    ['nothing', [null, '', null], ',,'],
    ['a text', ['Sales Europe'], 'Sales Europe'],
    ['a comma', ['Lovelace, Ada'], '"Lovelace, Ada"'],
    ['quotes', ['The "Welcome"'], '"The ""Welcome"""'],
    ['line breaks', ['one\ntwo', 'three\r\nfour'], '"one\ntwo","three\r\nfour"'],
    ['spaces at the ends', [' Ada', 'Ada '], '" Ada","Ada "'],
    ['letters beyond ASCII', ['Zoë 🙂'], 'Zoë 🙂'],
    ['a formula', ['=1+1'], "'=1+1"],
    ['a formula with quotes', ['=HYPERLINK("x","y")'], `"'=HYPERLINK(""x"",""y"")"`],
    ['a plus', ['+49 30'], "'+49 30"],
    ['a minus', ['-2'], "'-2"],
    ['an at sign', ['@SUM(A1)'], "'@SUM(A1)"],
    ['a tab', ['\t=1'], "'\t=1"],
    ['a carriage return', ['\r=1'], `"'\r=1"`],
    ['signs in full width', ['＝1', '＋1', '－1', '＠A'], "'＝1,'＋1,'－1,'＠A"],
    ['the sign for minus', ['\u22121'], "'\u22121"],
    ...['\u200b', '\u200f', '\u202e', '\u2060', '\u200b\ufeff', '\u200b\u2064'].map(
      (unseen): [string, string[], string] => [
        `a formula after what cannot be seen: ${escape(unseen)}`,
        [`${unseen}=1`, `${unseen}＝1`, `${unseen}a`],
        `'${unseen}=1,'${unseen}＝1,${unseen}a`,
      ],
    ),
    ['a formula after a byte order mark', ['\ufeff=1'], "'\ufeff=1"],
    ['an equals sign further on', ['a=1', "'=1"], "a=1,'=1"],
  ])('has %s', (_what, cells, expected) => {
    expect(write(...cells)).toBe(`a\r\n${expected}\r\n`)
  })

  it('has its header alone without rows', () => {
    expect(writeCsv(['date', 'booked'], [])).toBe('date,booked\r\n')
  })

  it('reads back as it was written, apart from the apostrophe before a formula', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '\t', '=', '-', "'", ' ', 'a') }),
    )
    const rows = fc.array(fc.array(text, { minLength: 3, maxLength: 3 }))
    const property = fc.property(rows, (table) => {
      const [header, ...read] = readCsv(writeCsv(['a', 'b', 'c'], table))
      expect(header).toEqual(['a', 'b', 'c'])
      expect(read).toHaveLength(table.length)
      for (const [line, cells] of read.entries()) {
        for (const [place, cell] of cells.entries()) {
          const written = table[line]?.[place] ?? ''
          expect([written, `'${written}`]).toContain(cell)
          expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/)
        }
      }
    })
    fc.assert(property, { numRuns: RUNS })
  })
})
