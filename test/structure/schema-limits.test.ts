import { expect, it } from 'vitest'
import { readSourceFiles } from './source-files.ts'

/** Numbers that are not limits: names of standards and products, and times of day. */
const NAMES = /\b(?:RFC \d+|ISO 3166|E\.164|SHA-256|P-256|Microsoft 365|\d\d:\d\d)\b/g
const COMMENT = /^\s*(?:\/\/|\/?\*).*$/gm
const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g

/** @returns the numbers from 2 on that sentences in the code of a file contain as digits */
function numbersOf(code: string): string[] {
  const literals = code.replace(COMMENT, '').match(LITERAL) ?? []
  return literals.flatMap((literal) => {
    const sentence = literal
      .slice(1, -1)
      .replaceAll('\\`', '`')
      .replace(/\$\{[^}]*\}|`[^`]*`/g, '')
      .replace(NAMES, '')
    const numbers = sentence.includes(' ') ? (sentence.match(/\b\d[\d,]*\b/g) ?? []) : []
    return numbers.filter((number) => number !== '0' && number !== '1')
  })
}

it('finds a limit that is written as digits, but no example and no interpolated one', () => {
  expect(numbersOf("description: 'The name. At most 100 characters.'")).toEqual(['100'])
  expect(numbersOf(`description: \`\${NAME} At most 10,000, for example \\\`42\\\`.\``)).toEqual(['10,000'])
  expect(numbersOf(`description: \`At most \${MAX_AGENTS} agents, at least 1.\``)).toEqual([])
})

it('interpolates every limit in the descriptions of the schema', () => {
  const files = readSourceFiles().filter(({ path }) => path.startsWith('schema/'))
  expect(files.length).toBeGreaterThan(30)
  const offences = files.flatMap(({ path, text }) => numbersOf(text).map((number) => `${path}: ${number}`))
  expect(offences).toEqual([])
})
