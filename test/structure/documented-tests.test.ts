// docs/security.md names the test that shows what becomes of each bad input.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const DOCS = join(import.meta.dirname, '../../docs')
const text = readFileSync(join(DOCS, 'security.md'), 'utf8')
const section = text.slice(text.indexOf('## Bad inputs'), text.indexOf('## What to set'))
const rows = section.split('\n').filter((line) => line.includes('.test.ts'))

/** The tests that a row names: each file is followed by titles in it. */
function testsIn(row: string): { file: string; titles: string[] }[] {
  return row
    .split('[')
    .slice(1)
    .map((part) => ({
      file: /\]\((.+?)\)/.exec(part)?.[1] ?? '',
      titles: [...part.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
    }))
}

it('every bad input is shown by tests that exist', () => {
  expect(rows).toHaveLength(32)
  for (const row of rows) {
    const tests = testsIn(row)
    expect(tests, row).not.toEqual([])
    for (const { file, titles } of tests) {
      expect(titles, row).not.toEqual([])
      const source = readFileSync(join(DOCS, file), 'utf8')
      expect(
        titles.filter((title) => !source.includes(title)),
        row,
      ).toEqual([])
    }
  }
})
