import { expect, it } from 'vitest'
import { readSourceFiles } from './source-files.ts'

it('gives the database arrays of an enum as arrays of texts (docs/gotchas.md)', () => {
  const wrong = readSourceFiles().filter(({ text }) => /\}::"\w+"\[\]/.test(text))
  expect(wrong.map(({ path }) => path)).toEqual([])
})
