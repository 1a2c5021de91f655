import { expect, it } from 'vitest'
import { readSourceFiles } from './source-files.ts'

/** The message of an error that a client sees, with the reason before it. */
const MESSAGE = /new (?:\w+Error)\(\s*(?:'[A-Z_]+',\s*)?(['"`][^'"`]+)/g

it('says what is wrong in sentences for people, which do not begin with the name of a field', () => {
  const files = readSourceFiles().filter(({ path }) => /^(services|schema|errors)/.test(path))
  const messages = files.flatMap(({ text }) =>
    [...text.matchAll(MESSAGE)].map(([, message]) => message ?? ''),
  )
  expect(messages.length).toBeGreaterThan(20)
  expect(messages.filter((message) => /^.[a-z]\w*(\.\w+)*: /.test(message))).toEqual([])
})
