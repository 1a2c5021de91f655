import { expect, it } from 'vitest'
import { readSourceFiles } from './source-files.ts'

/** The message of an error that a client sees: in the call, after the error's code or reason, or in a constant or a field
 * before. */
const MESSAGE =
  /(?:\b(?:new \w+Error|fault|invalid|refused)\(\s*(?:'[A-Z_]+',\s*)?|\bmessage(?: =|:)\s+(?:[^'"`\n]* \? )?)(['"`][^'"`]+)/g
/** Beginning with its quotation mark. */
const BEGINS_WITH_FIELD = /^.[a-z]\w*(\.\w+)*: /

it('says what is wrong in sentences for people, which do not begin with the name of a field', () => {
  const files = readSourceFiles().filter(({ path }) => /^(services|schema|errors)/.test(path))
  const messages = files.flatMap(({ text }) =>
    [...text.matchAll(MESSAGE)].map(([, message]) => message ?? ''),
  )
  expect(messages.length).toBeGreaterThan(60)
  expect(messages.filter((message) => BEGINS_WITH_FIELD.test(message))).toEqual([])
})

it.each([
  "throw new ConflictError('NAME_TAKEN', 'name: Is taken.')",
  'new NotFoundError(`input.agentId: Was not found.`)',
  'const message = `provider: Is not set up.`',
  "issue({ code: 'REQUIRED', message: 'title: Is required.' })",
  "fault('REQUIRED', 'slot: Give one.')",
])('finds the message in %s', (text) => {
  const [[, message = ''] = []] = [...text.matchAll(MESSAGE)]
  expect(message).toMatch(BEGINS_WITH_FIELD)
})
